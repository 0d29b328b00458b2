import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openArchive, readImage, selectImage } from '@layers/core/image';
import { parseReference } from '@layers/core/oci';
import { createRegistryClient } from '@layers/registry';
import { pushImages } from '@layers/registry/copy';
import { copiedImage } from '@layers/rewrite/change';
import { expect } from 'vitest';
import { layersAsync } from './command.ts';

/** A source of one image: what to write on the command line, and what to write to standard input. */
interface Source {
  readonly kind: string;
  readonly name: string;
  readonly input?: Uint8Array;
}

/**
 * Expects that one image of an archive gives one answer from a registry, an archive, a layout, the store and a pipe, apart from the
 * source and its tags.
 *
 * @param folder a new folder
 * @param registry a registry on this machine, to which the image is pushed
 */
export async function expectOneAnswer(
  archive: string,
  folder: string,
  registry: { readonly domain: string },
): Promise<void> {
  const env = { LAYERS_STORE: join(folder, 'store') };
  const run = async (args: readonly string[], input: Uint8Array = new Uint8Array(0)): Promise<string> => {
    const { status, stdout, stderr } = await layersAsync([...args, '-q'], { env, input });
    if (status !== 0 && status !== 1) throw new Error(`layers ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const file = join(folder, 'one.tar');
  const layout = join(folder, 'layout');
  await run(['repack', archive, '--image', '#1', '--tag', 'one:1', '-o', `oci-archive:${file}`]);
  await run(['repack', file, '-o', `oci:${layout}`]);
  await run(['load', '-i', file]);
  const name = `${registry.domain}/one:1`;
  await push(file, name);
  const sources: readonly Source[] = [
    { kind: 'archive', name: file },
    { kind: 'layout', name: layout },
    { kind: 'store', name: 'store:one:1' },
    { kind: 'pipe', name: '-', input: readFileSync(file) },
    { kind: 'registry', name: `docker://${name}` },
  ];
  const answers: Record<string, unknown> = {};
  const { entries } = JSON.parse(await run(['ls', '-R', '--json', file]));
  const logged: string = entries.at(-1)?.path ?? '/';
  for (const { kind, name: source, input } of sources) {
    const out = join(folder, 'squashed.tar');
    const json = async (...args: readonly string[]) => answerOf(await run([...args, '--json'], input));
    // What a table of contents declares is another answer.
    const isDeclared = (await run(['inspect', '--layers', '--json', source], input)).includes(
      '"toc-declared"',
    );
    const whole = isDeclared ? ['--no-cache'] : [];
    answers[kind] = {
      inspect: await json('inspect', '--layers', ...whole, source),
      ls: await json('ls', '-R', '--digest', source),
      verify: await json('verify', source),
      find: await json('find', ...whole, source),
      log: await json('log', '-p', source, logged),
      duplicates: await json('duplicates', source),
      diff: await json('diff', ...whole, file, source),
      squash: await json('squash', source, '--tag', 'one:2', '-o', out),
      squashed: createHash('sha256').update(readFileSync(out)).digest('hex'),
    };
    rmSync(out);
  }
  expect(answers['archive']).toMatchObject({ inspect: { layersRead: true }, diff: { identical: true } });
  for (const { kind } of sources)
    expect({ kind, answer: answers[kind] }).toEqual({ kind, answer: answers['archive'] });
}

async function push(file: string, name: string): Promise<void> {
  const archive = await openArchive({ path: file });
  const image = await readImage(archive, selectImage(archive), { threads: 0 });
  const reference = parseReference(name);
  const repository = createRegistryClient({ env: {} }).repository(reference);
  await pushImages(repository, reference.tag ?? 'latest', [copiedImage(image)]);
}

/** Returns a document without what names its source. */
function answerOf(text: string): unknown {
  return JSON.parse(text, (key, value) => {
    // Digests are computed where an archive is read as a stream.
    if (key === 'byDeclaredDigests' || key === 'computed') return undefined;
    if (key === 'source' || key === 'tags' || key === 'path')
      return key === 'path' && /^\//.test(value) ? value : undefined;
    return value;
  });
}
