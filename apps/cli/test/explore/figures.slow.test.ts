import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { examples, layers } from '@layers/testing/command';
import { explore, shows } from '@layers/testing/explorer-program';
import { oddLayers } from '@layers/testing/odd-archive';
import type { PtyProgram } from '@layers/testing/pty';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { escapeBytesForTerminal } from '../../src/output/escape.ts';
import { percent } from '../../src/output/format.ts';
import {
  expectedRows,
  expectedSums,
  type ImageDocuments,
  keyOf,
  type ScreenRow,
  type ShownRange,
  wastedContents,
} from '../support/expected-rows.ts';
import { rowsOfScreen } from '../support/screen-rows.ts';

const scratch = useScratch();
const bytes = (size: number, fill: number): Buffer => Buffer.alloc(size, fill);

/** The layers of examples/demo.tar, as GNU tar extracts them. */
function demoLayers(): Buffer[] {
  const folder = mkdtempSync(join(scratch.folder, 'demo-'));
  const { status } = spawnSync('tar', ['-xf', join(examples, 'demo.tar'), '-C', folder]);
  expect(status).toBe(0);
  const [image] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  return image.Layers.map((layer: string) => readFileSync(join(folder, layer)));
}

/** Images by what is in them, each as its layers. */
const IMAGES: Readonly<Record<string, () => Uint8Array[]>> = {
  'the demo': demoLayers,
  'odd types and hostile names': oddLayers,
  'hard links': () => [
    buildTar([
      { path: 'a/one', data: bytes(1000, 1) },
      { path: 'a/two', type: 'link', linkpath: 'a/one' },
      { path: 'b/three', type: 'link', linkpath: 'a/one' },
      { path: 'c/alone', data: bytes(30, 2) },
    ]),
    buildTar([
      { path: 'a/.wh.one' },
      { path: 'd/four', data: bytes(500, 3) },
      { path: 'd/five', type: 'link', linkpath: 'd/four' },
    ]),
    buildTar([{ path: '.wh.a' }, { path: 'b/three', data: bytes(7, 4) }, { path: '.wh.d' }]),
  ],
  'whiteouts and opaque directories': () => [
    buildTar([
      { path: 'etc/', type: 'directory' },
      { path: 'etc/kept', data: bytes(11, 1) },
      { path: 'cache/', type: 'directory', mode: 0o1777 },
      { path: 'cache/deep/one', data: bytes(100, 2) },
      { path: 'cache/two', data: bytes(200, 3) },
      { path: 'becomes/a/file', data: bytes(40, 4) },
      { path: 'becomes-a-directory', data: bytes(50, 5) },
    ]),
    buildTar([
      { path: 'cache/.wh..wh..opq' },
      { path: 'cache/two', data: bytes(20, 6) },
      { path: 'becomes', data: bytes(4, 7) },
      { path: 'becomes-a-directory/', type: 'directory' },
      { path: 'becomes-a-directory/inside', data: bytes(5, 8) },
    ]),
    buildTar([{ path: '.wh.cache' }, { path: 'etc/kept', data: bytes(11, 1), mode: 0o600, uid: 7 }]),
    buildTar([{ path: 'cache/deep/one', data: bytes(100, 2) }]),
    buildTar([]),
  ],
  'sparse and empty files': () => [
    buildTar([
      { path: 'sparse', data: bytes(512, 1), sparse: { realSize: 1_000_000, extents: [[4096, 512]] } },
      { path: 'empty', data: bytes(0, 0) },
      { path: 'bin/setuid', data: bytes(9, 1), mode: 0o6755, uid: 65_534, gid: 4_000_000 },
      { path: 'pipe', type: 'fifo' },
      { path: 'null', type: 'char', devmajor: 1, devminor: 3 },
    ]),
    buildTar([{ path: '.wh.sparse' }, { path: '.wh.empty' }, { path: 'bin/setuid', data: bytes(9, 2) }]),
  ],
};

function document(args: readonly string[]): unknown {
  const { status, stdout, stderr } = layers([...args, '--json']);
  // 1 reports findings.
  expect([0, 1], stderr).toContain(status);
  return JSON.parse(stdout);
}

interface Documents extends ImageDocuments {
  readonly inspect: {
    readonly totals: Readonly<Record<string, number>> & { readonly efficiency: number };
    readonly layers: readonly (Readonly<Record<string, number>> & { readonly diffId: string })[];
  };
  readonly trees: readonly { readonly tree: TreeNode }[];
  readonly waste: {
    readonly waste: readonly {
      readonly path: string;
      readonly pathBase64?: string;
      readonly layer: number;
    }[];
  };
}

interface TreeNode {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly children?: readonly TreeNode[];
}

/** Returns the archive of an image, and its documents; for each layer those of an archive that ends with it. */
function documentsOf(stack: readonly Uint8Array[]): {
  readonly archive: string;
  readonly documents: Documents;
} {
  const archives = stack.map((_, i) =>
    scratch.file(
      buildDockerArchive(
        { images: [{ tags: ['app:1'], layers: stack.slice(0, i + 1) }] },
        { form: 'legacy' },
      ),
    ),
  );
  const archive = archives.at(-1) ?? '';
  const all: Documents = JSON.parse(
    JSON.stringify({
      inspect: document(['inspect', archive]),
      listings: archives.map((path) => document(['ls', '-R', path])),
      trees: archives.map((path) => document(['tree', '--all', path])),
      found: document(['find', archive]),
      waste: document(['waste', '--all', archive]),
    }),
  );
  return { archive, documents: all };
}

const escaped = (key: string): string => escapeBytesForTerminal(Buffer.from(key, 'latin1'));

const byPath = (rows: readonly ScreenRow[]): ScreenRow[] =>
  rows.toSorted((a, b) => (a.path < b.path ? -1 : 1));

/** Waits for the rows of a view; they change after the keys. */
async function untilRows(program: PtyProgram, title: string, expected: readonly ScreenRow[]): Promise<void> {
  await program.until(
    (screen) => shows(`Files ${title}`)(screen) && !/Files .*…/.test(screen[1] ?? ''),
    title,
  );
  const isShown = (): boolean => {
    const rows = rowsOfScreen(program.screen());
    return JSON.stringify(byPath(rows)) === JSON.stringify(byPath(expected));
  };
  await program.until(isShown, title).catch(() => undefined);
  expect(byPath(rowsOfScreen(program.screen())), title).toEqual(byPath(expected));
}

function sizesOf(node: TreeNode, path = ''): [path: string, sizeBytes: number][] {
  return (node.children ?? []).flatMap((child) =>
    child.type === 'directory'
      ? [
          [`${path}/${child.name}`, child.sizeBytes] as [string, number],
          ...sizesOf(child, `${path}/${child.name}`),
        ]
      : [],
  );
}

/** Returns what each layer did to a path, from its details, without signs and instructions. */
function eventLines(screen: readonly string[], path: string): string[] {
  const details = screen.slice(screen.findIndex((line) => line.startsWith(' Details')) + 1, -1);
  if (details[0] !== ` ${path}`) return [];
  const lines: string[] = [];
  for (const line of details) {
    const [, layer, change, size = ''] = /^ (layer \d+) {2}[+~-] (\w+)( {2}\d+)?(?: {2}|$)/.exec(line) ?? [];
    if (layer !== undefined) lines.push(`${layer}  ${change}${size}`);
    else if (/^ {3}wasted by layer \d+: /.test(line)) lines.push(`${lines.pop()} wasted`);
  }
  return lines;
}

describe.each(Object.keys(IMAGES))('the figures of %s', (name) => {
  const stack = (): Uint8Array[] => IMAGES[name]?.() ?? [];

  it('are those of the JSON documents, in each view of files and layers', async () => {
    const { archive, documents } = documentsOf(stack());
    const { totals, layers: reports } = documents.inspect;
    const last = reports.length - 1;
    const program = await explore(['--bytes', archive], { columns: 420, rows: 150 });
    const range = (from: number, to: number, changesOnly: boolean, marks = true): ShownRange => ({
      from,
      to,
      marks,
      changesOnly,
    });

    const title = [
      `  ${totals['rootfsBytes']} in ${totals['files']} file${totals['files'] === 1 ? '' : 's'}, `,
      `, wasted ${totals['wastedBytes']}, efficiency ${percent(totals.efficiency)}`,
    ];
    for (const text of title) await program.until(([line = '']) => line.includes(text), text);
    const figures = [
      `all ${totals['rootfsBytes']} ${totals['wastedBytes']}`,
      ...reports.map(({ layer, contentBytes, wastedBytes }) => `${layer} ${contentBytes} ${wastedBytes}`),
    ];
    const hasFigures = (screen: readonly string[]): boolean =>
      figures.every((text, i) => screen[3 + i]?.replace(/[>* ]+/g, ' ').startsWith(` ${text} `));
    await program.until(hasFigures, figures.join(', '));

    program.type('E');
    await untilRows(program, 'of the image', expectedRows(documents, range(0, last, false, false)));
    for (const {
      layer = 0,
      added,
      modified,
      deleted,
      contentBytes,
      wastedBytes,
      storedBytes,
      diffId,
    } of reports) {
      program.type('j');
      await untilRows(
        program,
        `after layer ${layer}, its changes`,
        expectedRows(documents, range(layer, layer, true)),
      );
      for (const fact of [
        `+${added} ~${modified} -${deleted}  content ${contentBytes}`,
        `  wasted ${wastedBytes}`,
        `  stored ${storedBytes}`,
        diffId,
      ])
        await program.until(shows(fact), fact);
    }
    program.type('c');
    for (let layer = last; layer >= 0; layer--) {
      await untilRows(program, `after layer ${layer}`, expectedRows(documents, range(layer, layer, false)));
      // Sums of all files are also in the document of the tree.
      const sums = expectedSums(documents, range(layer, layer, false, false));
      for (const [path, size] of sizesOf(
        documents.trees[layer]?.tree ?? { name: '', type: '', sizeBytes: 0 },
      ))
        if (!path.includes('\ufffd'))
          expect(sums(Buffer.from(path).toString('latin1')).bytes, path).toBe(size);
      if (layer > 0) program.type('k');
    }
    // All changes up to a layer, and those of a marked range.
    program.type('c\x01');
    for (let layer = 1; layer <= last; layer++) {
      program.type('j');
      const from = Math.min(1, layer);
      const shownTitle =
        from === layer ? `after layer ${layer}, its changes` : `changed by layers 1 to ${layer}`;
      await untilRows(program, shownTitle, expectedRows(documents, range(from, layer, true)));
    }
    if (last > 0) {
      program.type('\x0cggjm');
      for (let layer = 1; layer <= last; layer++) {
        program.type('j');
        await untilRows(
          program,
          `changed by layers 0 to ${layer}`,
          expectedRows(documents, range(0, layer, true)),
        );
      }
    }
  });

  it('are those of the JSON documents, in the details of each path that a layer changed', async () => {
    const { archive, documents } = documentsOf(stack());
    const events = new Map(documents.found.matches.map((path) => [keyOf(path), path.events]));
    const isWastedIn = wastedContents(documents, documents.waste.waste);
    const program = await explore(['--bytes', archive], { columns: 420, rows: 150 });
    program.type('E\t');
    for (let layer = 0; layer < documents.listings.length; layer++) {
      program.type(']');
      const expected = expectedRows(documents, { from: layer, to: layer, marks: true, changesOnly: true });
      await untilRows(program, `after layer ${layer}, its changes`, expected);
      program.type('g');
      for (const { path } of rowsOfScreen(program.screen())) {
        const key = [...events.keys()].find((name) => escaped(name) === path) ?? '';
        const lines = (events.get(key) ?? []).toReversed().map((event) => {
          const isContent = event.type === 'file' && event.change !== 'deleted';
          const isWasted = isContent && event.sizeBytes > 0 && isWastedIn(event.layer, key);
          const size = isContent ? `  ${event.sizeBytes}` : '';
          return `layer ${event.layer}  ${event.change}${size}${isWasted ? ' wasted' : ''}`;
        });
        const found = (): string[] => eventLines(program.screen(), path);
        await program.until(() => found().join('\n') === lines.join('\n'), path).catch(() => undefined);
        expect(found(), path).toEqual(lines);
        program.type('j');
      }
    }
  });
});
