import { analyse } from '@layers/core/analysis';
import { changesetOf } from '@layers/core/image';
import { memorySource } from '@layers/core/io';
import { nodePath, type Union } from '@layers/core/rootfs';
import { PathEvents } from '@layers/insight/events';
import { readOne } from '@layers/testing/analysed';
import { archiveOf } from '@layers/testing/diff-archives';
import { describe, expect, it } from 'vitest';
import { imageReport } from '../../src/collect/index.ts';
import { cellOf, ownerOf } from '../../src/view/cell.ts';
import { cellName } from '../../src/view/cell-name.ts';
import { colourOf } from '../../src/view/colours.ts';
import { layoutIcicle } from '../../src/view/icicle.ts';
import { imageLayerRows } from '../../src/view/image-layer-rows.ts';
import { imageTables } from '../../src/view/image-tables.ts';
import { Paths } from '../../src/view/paths.ts';
import { Contents, type Grouping } from '../../src/view/picture.ts';
import { imageFigures } from '../../src/view/story.ts';
import { cellText, targetOf } from '../../src/view/table.ts';
import { layoutTreemap } from '../../src/view/treemap.ts';

const file = (path: string, size: number) => ({ path, data: Buffer.alloc(size, path.at(-1)) });
const OWNERS = [
  ['/usr/lib/go/', 'golang'],
  ['/usr/share/doc/', 'docs'],
] as const;
const pathOf = (union: Union, node: number): string => Buffer.from(nodePath(union, node)).toString();
const GO = [file('usr/lib/go/pkg/a', 600), file('usr/lib/go/bin/b', 300)];

async function report() {
  const archive = archiveOf(
    [[file('etc/a', 100)], [...GO, file('usr/share/doc/c', 200)], GO, [{ path: 'usr/share/.wh.doc' }]],
    { form: 'hybrid' },
    {
      history: [
        {},
        { created_by: 'RUN install' },
        { created_by: 'RUN chmod -R g+w /usr/lib/go' },
        { created_by: 'RUN rm -r /usr/share/doc' },
      ],
    },
  );
  const image = await readOne({ source: memorySource(archive), path: 'a.tar' });
  const events = new PathEvents(image.layers.map(changesetOf));
  const { facts, columns } = imageReport(analyse(image, events.union), events, {
    advice: null,
    duplicates: null,
    packages: null,
    baseLayers: 0,
    ownerOf: (node) => OWNERS.find(([start]) => pathOf(events.union, node).startsWith(start))?.[1] ?? null,
    redact: null,
  });
  const paths = new Paths(columns);
  return { facts, paths, contents: new Contents(paths) };
}

const { facts, paths, contents } = await report();

it('has a text in each link of its tables, also for a layer without an instruction', () => {
  const tables = imageTables(facts, paths);
  const linksOf = (wanted: string): string[] =>
    tables
      .filter(({ id }) => id === wanted)
      .flatMap((table) =>
        table.rows.flatMap((row) =>
          table.columns
            .filter((column) => targetOf(table, column, row) !== null)
            .map((column) => cellText(column, row)),
        ),
      );
  expect(tables.flatMap(({ id }) => linksOf(id))).not.toContain('');
  expect(linksOf('layers')[0]).toBe('no instruction');
  expect(linksOf('history').length).toBe(facts.history.length - 1);
});

it('says of each layer what it loses, and what it makes others lose', () => {
  expect(imageLayerRows(facts).map(({ waste }) => waste)).toEqual([
    '',
    'loses 1.1 kB',
    'causes 900 B of waste',
    'causes 200 B of waste',
  ]);
  const [table] = imageTables(facts, paths);
  const shown = (title: string): string[] => {
    const column = table?.columns.find((each) => each.title === title);
    expect(column?.hint).toBeDefined();
    return column === undefined ? [] : (table?.rows ?? []).map((row) => cellText(column, row));
  };
  expect(shown('loses')).toEqual(['0 B', '1.1 kB', '0 B', '0 B']);
  expect(shown('causes waste')).toEqual(['0 B', '0 B', '900 B', '200 B']);
});

it('begins with the size of the whole image, then says what of it is seen', () => {
  expect(imageFigures(facts).map(({ label }) => label)).toEqual([
    'all files, uncompressed',
    'layers as stored',
    'in the root file system',
    'wasted',
    'efficiency',
    'layers',
    'files',
  ]);
  const [all, , seen, wasted] = imageFigures(facts).map(({ value }) => value);
  expect([all, seen, wasted]).toEqual(['2.1 kB', '1 kB', '1.1 kB']);
});

describe.each([
  ['a treemap', layoutTreemap],
  ['an icicle', layoutIcicle],
])('the names in %s', (_, layout) => {
  /** Returns the names and sizes of the cells of a picture. */
  const cellsOf = (layer: number, grouping: Grouping): string[] => {
    const cells = contents.topCells(0, layer, grouping, facts.inspect.layers.length);
    return layout(cells, { x: 0, y: 0, width: 800, height: 600 }, 0).map(
      (box) => `${box.depth} ${cellName(box, facts)} ${box.cell.bytes}`,
    );
  };

  it('are those of the paths where the picture is of one layer', () => {
    expect(cellsOf(2, 'directory').sort()).toEqual(['0 usr/lib/go/bin/b 300', '0 usr/lib/go/pkg/a 600']);
  });

  it('are whole where the cell around them has the name of a layer', () => {
    const cells = cellsOf(-1, 'layer');
    expect(cells).toContain('0 Layer 2: RUN chmod -R g+w /usr/lib/go 900');
    expect(cells).toContain('1 usr/lib/go/pkg/a 600');
    expect(cells).toContain('2 pkg/a 600');
  });
});

describe('the package of a directory', () => {
  const ownerBelow = (path: string): string | undefined =>
    facts.owners[ownerOf(cellOf(contents.setOf(-1), paths.findText(path))) - 1];
  const colourBelow = (path: string): string =>
    colourOf(cellOf(contents.setOf(-1), paths.findText(path)), 'package', true, 1);

  it('is that of all its files, which colours it where they are too small to be seen', () => {
    expect(['/usr/lib/go', '/usr/share/doc', '/usr', '/etc'].map(ownerBelow)).toEqual([
      'golang',
      'docs',
      undefined,
      undefined,
    ]);
    expect(colourBelow('/usr/lib/go')).toBe(colourBelow('/usr/lib/go/pkg/a'));
    expect(new Set(['/usr/lib/go', '/usr/share/doc', '/usr', '/etc'].map(colourBelow)).size).toBe(4);
  });
});
