import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');
const oci = join(examples, 'demo-oci.tar');

describe('layers pull-cost', () => {
  it('lists the layers that each update fetches', () => {
    const folder = mkdtempSync(join(scratch.folder, 'out-'));
    const [second, third] = [join(folder, '2.tar'), join(folder, '3.tar')];
    expect(layers(['append', oci, '--add', `${examples}/README.md:/a`, '-o', second]).status).toBe(0);
    expect(layers(['append', second, '--add', `${examples}/README.md:/b`, '-o', third]).status).toBe(0);
    const { status, stdout } = layers(['pull-cost', oci, second, third]);
    expect(status).toBe(0);
    expect(stdout.match(/^fetch +.* in 1 layer of \d$/gm)).toHaveLength(2);
    expect(stdout.match(/^ *\d+ +fetched /gm)).toHaveLength(2);
    const { updates } = JSON.parse(layers(['pull-cost', '--json', oci, second, third]).stdout);
    expect(updates).toHaveLength(2);
    // The second copy of the file is no new content.
    expect(updates[0].totals.newContentBytes).toBeGreaterThan(0);
    expect(updates[1].totals.newContentBytes).toBe(0);
    expect(layers(['pull-cost', '--jsonl', oci, second, third]).stdout.trim().split('\n')).toHaveLength(2);
  });

  it('is also an option of diff, which then compares nothing else', () => {
    const shown = layers(['pull-cost', oci, demo]);
    expect(layers(['diff', '--pull-cost', oci, demo])).toEqual(shown);
    expect(shown.status).toBe(0);
    expect(layers(['diff', '--pull-cost', '--json', oci, demo]).stdout).toBe(
      layers(['pull-cost', '--json', oci, demo]).stdout,
    );
    expect(layers(['diff', '--pull-cost', demo])).toMatchObject({ status: 2, stdout: '' });
    expect(layers(['diff', '--pull-cost', '--patch', oci, demo])).toMatchObject({ status: 2, stdout: '' });
  });

  it('says that sizes of uncompressed layers are estimates', () => {
    const squashed = join(mkdtempSync(join(scratch.folder, 'out-')), 'one.tar');
    expect(layers(['squash', demo, '-o', squashed]).status).toBe(0);
    const totals = (...args: string[]) =>
      JSON.parse(layers(['pull-cost', '--json', ...args, squashed, demo]).stdout).updates[0].totals;
    const [plain, zipped] = [totals(), totals('--gzip')];
    expect(plain).toMatchObject({ isEstimated: true, fetchedLayers: 5 });
    expect(zipped.fetchedBytes).toBeGreaterThan(0);
    expect(zipped.fetchedBytes).toBeLessThan(plain.fetchedBytes);
  });

  it('refuses one image, and two from standard input', () => {
    expect(layers(['pull-cost', demo]).status).toBe(2);
    expect(layers(['pull-cost', '-', '-']).stderr).toContain('standard input');
  });
});
