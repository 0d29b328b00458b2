import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { diffDocument, dockerLines } from './diff-command.ts';
import { asLayers, dockerLinesOf } from './diff-docker-lines.ts';
import { plainDifferences, reportedDifferences } from './diff-plain.ts';
import { disagreementsWithDiffR } from './diff-r.ts';
import { falseStatements } from './diff-statements.ts';
import { discard, type Unpacked, unpack, withRoot } from './diff-unpacked.ts';
import { treeOfLayers } from './layers-command.ts';
import { differences } from './tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-diff-stacks-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const wanted = process.env['LAYERS_LONG'] === '1' ? 150 : 8;
const firstSeed = Number(process.env['LAYERS_SEED'] ?? 1);

/** Returns an image of random layers that umoci extracts as `layers` does, or undefined. */
async function imageOf(
  layers: readonly EntrySpec[][],
  name: string,
): Promise<(Unpacked & { file: string }) | undefined> {
  const file = join(folder, `${name}.tar`);
  const image = { tags: ['random:it'], layers: layers.map((entries) => buildTar(unpackable(entries))) };
  writeFileSync(file, buildDockerArchive({ images: [image] }, { form: 'oci', compression: 'gzip' }));
  const unpacked = await unpack(`oci-archive:${file}`, folder).catch(() => undefined);
  if (unpacked === undefined) return undefined;
  const isSame = differences(await treeOfLayers({ path: file }), unpacked.tree).length === 0;
  return isSame ? { ...unpacked, file } : undefined;
}

/**
 * Returns entries that Linux and umoci support: no hard links, since most have no target; headers for all directories,
 * since umoci would use the current time; times that ext4 can store; user attributes only on files and directories.
 */
function unpackable(entries: readonly EntrySpec[]): EntrySpec[] {
  const folders = new Set<string>();
  for (const { path } of entries) {
    const parts = Buffer.from(path)
      .toString('latin1')
      .split('/')
      .filter((part) => part !== '' && part !== '.');
    for (let end = 1; end < parts.length; end++) folders.add(parts.slice(0, end).join('/'));
  }
  const headers = [...folders]
    .filter((path) => !path.includes('.wh.') && !path.includes('..'))
    .sort()
    .map((path): EntrySpec => ({ type: 'directory', path: Buffer.from(path, 'latin1'), mtime: 5 }));
  const taken = entries.filter(({ type }) => type !== 'link' && type !== 'unknown');
  return [...headers, ...taken.map(storable)];
}

function storable({ xattrs, mtime = 0, ...rest }: EntrySpec): EntrySpec {
  const [value] = xattrs?.values() ?? [];
  const holds = value !== undefined && (rest.type === 'file' || rest.type === 'directory');
  return {
    ...rest,
    mtime: Math.min(mtime, 2 ** 33),
    ...(holds ? { xattrs: new Map([['user.test', value]]) } : {}),
  };
}

describe.skipIf(inject('missing').length > 0)('diff of random stacks of layers', () => {
  it('differ as the trees that umoci extracts differ', async () => {
    const stacks = fc.sample(layerStack, { numRuns: wanted * 5, seed: firstSeed });
    let last: (Unpacked & { file: string }) | undefined;
    let compared = 0;
    for (const [index, stack] of stacks.entries()) {
      if (compared === wanted) break;
      const next = await imageOf(stack, `${index}`);
      if (next === undefined) continue;
      if (last !== undefined) {
        await compare(last, next);
        compared++;
        discard(last);
      }
      last = next;
    }
    expect(compared).toBe(wanted);
  });
});

async function compare(a: Unpacked & { file: string }, b: Unpacked & { file: string }): Promise<void> {
  const [treeA, treeB] = [withRoot(a), withRoot(b)];
  const [sourceA, sourceB] = [{ path: a.file }, { path: b.file }];
  expect(await disagreementsWithDiffR(a, b)).toEqual([]);
  const { reported } = await diffDocument(sourceA, sourceB, ['--only', 'files', '--mtime', '--hardlinks']);
  const files = reported.files ?? [];
  expect(falseStatements(files, treeA, treeB)).toEqual([]);
  expect(reportedDifferences(files, treeA, treeB)).toEqual(plainDifferences(treeA, treeB));
  const theirs = dockerLinesOf(a.tree, b.tree, asLayers).flatMap((line) => line.split('\n'));
  expect((await dockerLines(sourceA, sourceB)).sort()).toEqual(theirs.sort());
}
