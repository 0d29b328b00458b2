import { analyse, inspectDocument } from '@layers/core/analysis';
import { compareImages } from '@layers/core/diff';
import { memorySource } from '@layers/core/io';
import { readOne } from '@layers/testing/analysed';
import { AFTER, archiveOf, BEFORE } from '@layers/testing/diff-archives';
import { describe, expect, it } from 'vitest';
import { comparisonReport } from '../../src/collect/index.ts';
import { comparisonLayerRows } from '../../src/view/comparison-layer-rows.ts';
import { comparisonFigures, comparisonStory } from '../../src/view/comparison-story.ts';
import { comparisonTables } from '../../src/view/comparison-tables.ts';
import { layerPairs } from '../../src/view/layer-pairs.ts';
import { Paths } from '../../src/view/paths.ts';
import { Contents } from '../../src/view/picture.ts';
import { reportName } from '../../src/view/story.ts';
import { cellText } from '../../src/view/table.ts';

async function report(bytesA: Uint8Array, bytesB: Uint8Array) {
  const a = await readOne({ source: memorySource(bytesA), path: 'a.tar' });
  const b = await readOne({ source: memorySource(bytesB), path: 'b.tar' });
  const diff = await compareImages(a, b);
  const { totals: before } = inspectDocument(analyse(a), { top: 0 });
  const { facts, columns } = comparisonReport(analyse(b), diff, {
    before,
    ownerOf: () => null,
    redact: null,
  });
  if (facts.comparison === null) throw new Error('no comparison');
  const paths = new Paths(columns, true);
  return { facts, comparison: facts.comparison, paths, contents: new Contents(paths), diff };
}

const big = { path: 'srv/big', data: Buffer.alloc(5000, 'x') };
const STEPS = { history: [{ created_by: 'COPY . /' }, { created_by: 'RUN make' }] };
const shown = await report(
  archiveOf([BEFORE, [{ path: 'old', data: Buffer.alloc(300, 'o') }]], { form: 'hybrid' }, STEPS),
  archiveOf([BEFORE, [...AFTER, { path: 'etc/.wh.moved' }, big]], { form: 'hybrid' }, STEPS),
);

describe('a report about two images', () => {
  it('tells them apart by the archives where both have the same tag', () => {
    expect(reportName(shown.facts)).toBe('a.tar → b.tar');
  });

  it('has the sizes of both', () => {
    const { facts, comparison } = shown;
    const [first, ...rest] = comparisonFigures(facts, comparison);
    expect(first?.value).toMatch(/^\S+ \S?B → \S+ kB$/);
    expect(first?.change).toMatch(/^\+/);
    expect(rest.slice(-4).map(({ label, value }) => `${label} ${value}`)).toEqual([
      `added ${comparison.totals.added}`,
      `removed ${comparison.totals.removed}`,
      `changed ${comparison.totals.changed}`,
      `moved ${comparison.totals.renamed}`,
    ]);
  });

  it('says in words what grew, by layer and by directory, and what moved', () => {
    const { facts, comparison, contents } = shown;
    const statements = comparisonStory(facts, comparison, contents);
    const texts = statements.map(({ text }) => text);
    expect(texts[0]).toMatch(/^B has \S+ kB more than A, which has /);
    expect(texts).toContainEqual(expect.stringMatching(/^Layer 1 adds \S+ kB$/));
    expect(statements.find(({ layer }) => layer === 1)?.step).toBe('RUN make');
    expect(texts).toContainEqual('/srv/big has 5 kB more.');
    expect(texts.at(-1)).toBe('1 path moved.');
  });

  it('has a table for each kind of change, which together have all of them', () => {
    const { facts, comparison, paths, diff } = shown;
    const tables = comparisonTables(facts, comparison, paths);
    const pathsOf = (id: string): string[] => {
      const table = tables.find((each) => each.id === id);
      const column = table?.columns.at(-1);
      return column === undefined ? [] : (table?.rows ?? []).map((row) => cellText(column, row));
    };
    const found = ['grew', 'shrank', 'added', 'removed', 'changed', 'moved'].flatMap(pathsOf);
    expect(found.toSorted()).toEqual([...(diff.files ?? [])].map(({ path }) => path).toSorted());
    expect(pathsOf('removed')).toContain('/old');
    expect(pathsOf('added')[0]).toBe('/srv/big');
    expect(tables.map(({ id }) => id)).toEqual(expect.arrayContaining(['layers']));
  });

  it('has the layers of both, and what grew in those of B', () => {
    const { facts, paths } = shown;
    expect(layerPairs(facts).map(({ change, a, b }) => [change, a, b])).toEqual([
      ['- in A only', 1, null],
      ['+ in B only', null, 1],
      ['= the same', 0, 0],
    ]);
    const rows = comparisonLayerRows(facts, paths);
    expect(rows.map(({ label, size }) => [label, size.charAt(0)])).toEqual([
      ['0', '='],
      ['1', '+'],
      ['-', '-'],
    ]);
  });

  it('says that images do not differ', async () => {
    const archive = archiveOf([BEFORE]);
    const { facts, comparison, contents } = await report(archive, archive);
    expect(comparisonStory(facts, comparison, contents).map(({ text }) => text)).toEqual([
      'The images do not differ.',
    ]);
  });
});
