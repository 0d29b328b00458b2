import { join } from 'node:path';
import { layers } from '@layers/testing/command';
import { AFTER, archiveOf, BEFORE } from '@layers/testing/diff-archives';
import { reportDataIn } from '@layers/testing/report-data';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const steps = (token: string, layers: number) => ({
  config: { Env: [`TOKEN=${token}`, 'PATH=/bin'], Cmd: ['sh'] },
  container_config: { Cmd: ['|1', `PASSWORD=${token}`, '/bin/sh', '-c', 'make'] },
  history: [
    { created_by: `/bin/sh -c #(nop)  ENV TOKEN=${token}`, empty_layer: true },
    ...Array.from({ length: layers }, () => ({ created_by: 'RUN make' })),
  ],
});
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);

describe('layers report of two images', () => {
  const a = scratch.file(archiveOf([BEFORE], { form: 'hybrid' }, steps('first-value', 1)), 'a.tar');
  const b = scratch.file(archiveOf([BEFORE, AFTER], { form: 'hybrid' }, steps('second-value', 2)), 'b.tar');
  const { status, stdout, stderr } = layers(['report', a, b]);
  const data = reportDataIn(stdout);
  const diff = JSON.parse(layers(['diff', '--json', a, b]).stdout);

  it('writes a page with the totals of diff, and with each of its changes', () => {
    expect([status, stderr]).toEqual([0, '']);
    const { comparison, inspect } = data.facts;
    expect(comparison?.totals).toEqual(diff.totals);
    expect(comparison?.layers).toEqual(diff.layers);
    expect([comparison?.a.rootfsBytes, comparison?.b.rootfsBytes]).toEqual([
      diff.a.rootfsBytes,
      diff.b.rootfsBytes,
    ]);
    expect(comparison?.before).toEqual(JSON.parse(layers(['inspect', '--json', a]).stdout).totals);
    expect(inspect.totals).toEqual(JSON.parse(layers(['inspect', '--json', b]).stdout).totals);
    expect(data.columns.items).toBe(diff.files.length);
    expect(sum(data.columns.bytes) - sum(data.columns.bytesBefore)).toBe(diff.totals.deltaBytes);
  });

  it('is the same for the same input, and the reverse of the page about B and A', () => {
    expect(layers(['report', a, b]).stdout).toBe(stdout);
    const { facts, columns } = reportDataIn(layers(['report', b, a]).stdout);
    expect(facts.comparison?.totals.deltaBytes).toBe(-diff.totals.deltaBytes);
    expect(sum(columns.bytesBefore)).toBe(sum(data.columns.bytes));
  });

  it('is a small page: the code and the style sheet take at most 60 kB', () => {
    expect(stdout.replace(/(?<=id="data">)[^<]*/, '').length).toBeLessThanOrEqual(60_000);
  });

  it('masks values of both images, unless they are wanted', () => {
    const text = JSON.stringify(data.facts);
    expect(text).not.toMatch(/first-value|second-value/);
    expect(data.facts.comparison?.config).toContainEqual({
      field: 'config.Env',
      key: 'TOKEN',
      change: 'changed',
      a: '****',
      b: '****',
    });
    expect(text).toContain('PASSWORD=****');
    const shown = JSON.stringify(reportDataIn(layers(['report', '--show-values', a, b]).stdout).facts);
    expect(shown).toMatch(/first-value.*second-value/);
  });

  it('says so where the images do not differ', () => {
    const { facts, columns } = reportDataIn(layers(['report', a, a]).stdout);
    expect([facts.comparison?.identical, columns.items]).toEqual([true, 0]);
  });

  it('compares two images of one archive, and refuses what has no meaning', () => {
    const one = layers(['report', '--image', '#1', '--image-b', '#1', a]);
    expect([one.status, one.stderr]).toEqual([
      2,
      expect.stringMatching(/only one image given(?:.|\n)*--image-b or --platform-b/),
    ]);
    expect(layers(['report', '--base', a, a, b]).stderr).toContain('--base is for one image');
    expect(layers(['report', a, b, '-o', b, '--force']).stderr).toContain('[ERR_LAYERS_USAGE]');
    expect(layers(['report', '-', '-'], { input: new Uint8Array() }).stderr).toContain('standard input');
    expect(layers(['report', a, join(scratch.folder, 'none.tar')]).status).toBe(3);
  });
});
