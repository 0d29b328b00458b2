import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeNode, WasteItem } from '@layers/core';
import { examples, layers } from '@layers/testing/command';
import { explore, shows, walk } from '@layers/testing/explorer-program';
import { ociArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');
const LARGE = { columns: 200, rows: 60 };

/** Opens a list, expands its groups, and returns its rows as words. */
async function rowsOf(image: string, key: string, title: string): Promise<string[][]> {
  const program = await explore([image, '--bytes'], LARGE);
  await walk(program, [[key, title]]);
  // The last line is drawn last.
  await program.until((screen) => screen.at(-1)?.includes('Enter go to it') === true, 'the list');
  program.type('E/');
  await program.until((screen) => screen.at(-1)?.startsWith('/') === true, 'the expanded list');
  const rows = program.screen().slice(2, -1);
  program.type('\x03');
  expect(await program.ended).toBe(130);
  return rows.map((row) => row.replace(/^>?\s*/, '').split(/\s+/)).filter(([word]) => word !== '');
}

const documentOf = (name: string, image = demo) => JSON.parse(layers([name, '--json', image]).stdout);

describe('a list has the figures of the document of its command:', () => {
  it('wasted contents', async () => {
    const rows = await rowsOf(demo, 'W', ' Waste  ');
    const { waste, wasteByLayer } = documentOf('waste');
    const causes = ['deleted', 'overwritten', 'rewritten', 'replaced', 'duplicate-entry'];
    const leaves = rows.filter((row) => causes.includes(row.at(-1) ?? ''));
    const shown = leaves.map(([bytes, stored, by, path = '', cause]) => {
      return [Number(bytes), Number(stored), Number(by), path.replace(/.*\//, ''), cause].join(' ');
    });
    const expected = waste.map((item: WasteItem) =>
      [item.sizeBytes, item.layer, item.unreachableFromLayer, item.path.replace(/.*\//, ''), item.cause].join(
        ' ',
      ),
    );
    expect(shown.sort()).toEqual(expected.sort());
    expect(leaves.length).toBeGreaterThan(10);
    for (const { layer, wastedBytes } of wasteByLayer) {
      const sum = leaves.reduce(
        (all, [bytes, stored]) => all + (Number(stored) === layer ? Number(bytes) : 0),
        0,
      );
      expect(sum).toBe(wastedBytes);
    }
  });

  it('duplicates', async () => {
    const file = (path: string, letter: string, bytes: number) => ({
      path,
      data: Buffer.alloc(bytes, letter),
    });
    const image = scratch.file(
      ociArchive([
        [file('one', 'x', 300), file('two', 'x', 300), file('small', 'y', 10)],
        [file('three', 'x', 300), file('tiny', 'y', 10), file('alone', 'z', 300)],
      ]),
    );
    const rows = await rowsOf(image, 'D', ' Duplicates  ');
    const { duplicates } = documentOf('duplicates', image);
    const expected = duplicates.flatMap(
      (content: {
        savableBytes: number;
        sizeBytes: number;
        copies: number;
        files: { path: string; layer: number }[];
      }) => [
        `${content.savableBytes} ${content.sizeBytes} ${content.copies} ▾ ${content.files[0]?.path}`,
        ...content.files.map(({ layer, path }) => `${layer} ${path}`),
      ],
    );
    expect(rows.map((row) => row.join(' '))).toEqual(expected);
    expect(rows).toHaveLength(7);
  });

  it('advice', async () => {
    const rows = await rowsOf(demo, 'A', ' Advice  ');
    const { advice } = documentOf('advise');
    const shown = rows.filter((row) => row.includes('▾')).map((row) => row.join(' '));
    const expected = advice.map((each: { savableBytes: number; files: number; problem: string }) =>
      [each.savableBytes || '', each.files || '', '▾', each.problem].filter((cell) => cell !== '').join(' '),
    );
    expect(shown).toEqual(expected);
    expect(shown.length).toBeGreaterThan(1);
  });

  it('the history, with empty steps', async () => {
    const rows = await rowsOf(demo, 'H', ' History  ');
    const { history } = documentOf('history');
    const shown = rows.map(([layer, , content, stored]) => `${layer} ${content} ${stored}`);
    const expected = history.map(
      (step: { layer: number | null; contentBytes: number; storedBytes: number }) =>
        [step.layer ?? '-', step.contentBytes, step.storedBytes].join(' '),
    );
    expect(shown).toEqual(expected);
    expect(shown.some((row) => row.startsWith('-'))).toBe(true);
  });

  it('packages', async () => {
    const rows = await rowsOf(demo, 'P', ' 1 package: ');
    const { packages } = documentOf('packages');
    const shown = rows.map((row) => row.slice(0, 4).join(' '));
    const expected = packages.map(
      (each: { sizeBytes: number; name: string; version: string; type: string }) =>
        [each.sizeBytes, each.name, each.version, each.type].join(' '),
    );
    expect(shown).toEqual(expected);
    expect(shown.length).toBeGreaterThan(0);
  });
});

it('b shows the wasted bytes of directories as layers tree --waste has them', async () => {
  const program = await explore([demo, '--bytes'], LARGE);
  await walk(program, [
    ['\t', '[Files of the image]'],
    ['b', 'Wasted   Share'],
  ]);
  program.type('E/');
  await program.until((screen) => screen.at(-1)?.startsWith('/') === true, 'the expanded tree');
  const shown = program.screen().flatMap((line) => {
    const [, bytes, name] = /│[> ] +(\d+) +[\d.]+ % .*? {2,}(?:▾ )?([^ ]+)$/.exec(line) ?? [];
    return bytes === undefined ? [] : [`${bytes} ${name}`];
  });
  const { tree } = JSON.parse(layers(['tree', '--waste', '--all', '--json', demo]).stdout);
  const linesOf = (node: TreeNode): string[] => [
    `${node.sizeBytes} ${node.name}${node.type === 'directory' ? '/' : ''}`,
    ...(node.children ?? []).flatMap(linesOf),
  ];
  const expected: string[] = tree.children.flatMap(linesOf);
  expect(shown.sort()).toEqual(expected.sort());
  expect(expected.length).toBeGreaterThan(10);
});

it('a deleted file is found in the list of all files, viewed, written, and found in its layer', async () => {
  const folder = mkdtempSync(join(scratch.folder, 'out-'));
  const image = scratch.file(
    ociArchive([
      [
        { path: 'a/', type: 'directory' },
        { path: 'a/old', data: Buffer.from('old content') },
      ],
      [{ path: 'a/.wh.old' }, { path: 'new', data: Buffer.from('new') }],
    ]),
  );
  const program = await explore(image, { cwd: folder });
  await walk(program, [
    ['F', 'deleted by 1, wasted'],
    ['/old', '1 found'],
    ['\rv', 'old content'],
    ['qw', 'write to: old'],
    ['\r', '11 bytes written to old'],
    ['\r', '[Files after layer 0'],
    ['F', ' Files of all layers'],
    ['O', 'wasted by layer 1: STEP 1'],
    ['o', 'stored by layer 0: STEP 0'],
  ]);
  expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('old content');
  expect(existsSync(join(folder, 'new'))).toBe(false);
});

it('hostile names are escaped in lists, and keep columns in place', async () => {
  const names = ['\x1b[31mred', 'a\u202eb', '日本語', 'tab\there'];
  const image = scratch.file(
    ociArchive([
      names.map((path) => ({ path, data: Buffer.from('x') })),
      names.map((path) => ({ path: `.wh.${path}` })),
    ]),
  );
  const program = await explore(image, { env: { NO_COLOR: '1' } });
  await walk(program, [['F', 'deleted by 1, wasted']]);
  const column = (line: string): number => line.indexOf('/');
  const shown = program.screen().slice(2, 6);
  expect(new Set(shown.map(column)).size).toBe(1);
  expect(shown.map((line) => line.slice(column(line))).sort()).toEqual(
    ['/\\x1b[31mred', '/a\\u202eb', '/日本語', '/tab\\there'].sort(),
  );
  await walk(program, [
    ['q', '[Layers]'],
    ['W', ' Waste  '],
    ['E', '\\x1b[31mred'],
  ]);
  expect(program.written()).not.toContain('\u202e');
  expect(shows('日本語')(program.screen())).toBe(true);
});
