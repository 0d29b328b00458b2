import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { run } from 'layers-cli';
import { afterAll, beforeEach } from 'vitest';
import { buildDockerArchive } from './archive-builder.ts';
import { environment, examples, type Run, type RunOptions } from './command.ts';
import { buildTar } from './tar-builder.ts';

export const demo = join(examples, 'demo.tar');
export const packed = join(examples, 'demo-oci.tar');
export const two = join(examples, 'two-images.tar');

/** A store of a test, and the command with that store, in this process. */
export interface TestStore {
  /** The folder of the files of the test; contains the store. */
  readonly folder: string;
  readonly path: string;
  at(name: string): string;
  layers(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** Returns the standard output of a command. Throws for another status than 0, and for standard error. */
  out(args: readonly string[], options?: RunOptions): Promise<string>;
  remove(): void;
}

export function createTestStore(): TestStore {
  const folder = mkdtempSync(join(tmpdir(), 'layers-store-'));
  const path = join(folder, 'store');
  const layers: TestStore['layers'] = (args, { env = {}, input = new Uint8Array() } = {}) =>
    runHere(args, environment({ LAYERS_STORE: path, ...env }), input);
  return {
    folder,
    path,
    at: (name) => join(folder, name),
    layers,
    async out(args, options) {
      const { status, stdout, stderr } = await layers(args, options);
      if (status !== 0 || stderr !== '') throw new Error(`layers ${args.join(' ')}: ${status}\n${stderr}`);
      return stdout;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function runHere(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: Uint8Array,
): Promise<Run> {
  const [stdout, stderr] = [gatherer(), gatherer()];
  const session = {
    env,
    stdin: asTerminalOrPipe(Readable.from(input.length === 0 ? [] : [input])),
    stdout: asTerminalOrPipe(stdout.stream),
    stderr: asTerminalOrPipe(stderr.stream),
    signal: new AbortController().signal,
  };
  const status = await run(args, session);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function gatherer() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

/** Returns a stream with the type of a process stream. The command uses only what all streams have. */
function asTerminalOrPipe(stream: Readable | Writable) {
  const key: string = 'stream';
  return Reflect.get({ stream }, key);
}

/** Provides each test of a file with an empty store. */
export function useTestStore() {
  let store = createTestStore();
  afterAll(() => store.remove());
  beforeEach(() => {
    store.remove();
    store = createTestStore();
  });
  return {
    path: () => store.path,
    at: (name: string): string => store.at(name),
    layers: (args: readonly string[], options?: RunOptions): Promise<Run> => store.layers(args, options),
    out: (args: readonly string[], options?: RunOptions): Promise<string> => store.out(args, options),
    /** Returns `image` of the document of `layers inspect`. */
    imageOf: async (image: string, args: readonly string[] = []) =>
      JSON.parse(await store.out(['inspect', '--json', ...args, image])).image,
    /** Writes an archive of one image whose content is `text`, and returns its path. */
    archiveOf(text: string, tags: readonly string[], created = '2020-01-01T00:00:00Z'): string {
      const file = store.at(`${text}.tar`);
      const layer = buildTar([{ path: 'text', data: Buffer.from(text) }]);
      const images = [{ tags, layers: [layer], config: { created, config: { Labels: { text } } } }];
      writeFileSync(file, buildDockerArchive({ images }, { form: 'legacy' }));
      return file;
    },
  };
}

export const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);

/** Returns the cells of a table. */
export const rowsOf = (text: string): string[][] => linesOf(text).map((line) => line.split(/ {2,}/));
