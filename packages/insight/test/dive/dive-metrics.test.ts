import { type DiveMetrics, diveMetricsOf, printMetrics } from '@layers/insight/dive';
import { readOne } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();

async function metricsOf(
  layers: readonly (readonly EntrySpec[])[],
  form: 'legacy' | 'hybrid' = 'hybrid',
): Promise<DiveMetrics> {
  const archive = buildDockerArchive({ images: [{ tags: ['x:1'], layers: layers.map(buildTar) }] }, { form });
  return diveMetricsOf(await readOne({ path: scratch.file(archive) }));
}

const file = (path: string, bytes: number): EntrySpec => ({ path, data: Buffer.alloc(bytes) });
const directory = (path: string): EntrySpec => ({ path, type: 'directory' });

/** Efficiency, wasted bytes, bytes of all layers, bytes of all but the lowest. */
async function figures(...layers: readonly (readonly EntrySpec[])[]): Promise<readonly number[]> {
  const { efficiency, wastedBytes, sizeBytes, userSizeBytes } = await metricsOf(layers);
  return [efficiency, wastedBytes, sizeBytes, userSizeBytes];
}

describe('the metrics of dive', () => {
  test('count all sizes of a path that is in several layers as wasted, also the last', async () => {
    expect(await figures([file('a', 10), file('b', 5)], [file('a', 30)])).toEqual([15 / 45, 40, 45, 30]);
  });

  test('count a deleted directory with all files below, but nothing for a deleted file', async () => {
    const below = [directory('d'), file('d/a', 7), file('d/e/b', 2), file('f', 5)];
    expect(await figures(below, [file('.wh.d', 0)])).toEqual([1, 0, 14, 0]);
    expect(await figures(below, [file('.wh.d', 0)], [directory('d')])).toEqual([14 / 23, 9, 14, 0]);
    expect(await figures(below, [file('.wh.f', 0)])).toEqual([9 / 14, 5, 14, 0]);
  });

  test('count a directory without an entry of its own as a file without bytes', async () => {
    const deleted = [file('.wh.d', 0)];
    expect(await figures([file('d/a', 7)], deleted, [directory('d')])).toEqual([1, 0, 7, 0]);
    expect(await figures([file('d/a', 7), directory('d')], deleted, [directory('d')])).toEqual([
      7 / 14,
      7,
      7,
      0,
    ]);
  });

  test('do not know opaque markers, and count directories that are leaves', async () => {
    const below = [directory('d'), file('d/a', 7)];
    expect(await figures(below, [directory('d'), file('d/.wh..wh..opq', 0)])).toEqual([1, 0, 7, 0]);
    expect(await figures([directory('d')], [file('d', 9)])).toEqual([0, 9, 9, 9]);
  });

  test('end a layer at the whiteout of a path that does not exist, which costs one byte', async () => {
    const layers = [[file('z', 10)], [file('a', 1), file('.wh.gone', 0), file('z', 10)]];
    // `.wh.gone` comes first, so that neither `a` nor `z` of the layer counts.
    expect(await figures(...layers)).toEqual([9 / 10, 0, 21, 11]);
    const known = [[file('gone', 3), file('z', 10)], [file('.wh.gone', 0)], ...layers.slice(1)];
    expect(await figures(...known)).toEqual([10 / 13, 3, 24, 11]);
  });

  test('add a path again that its own layer deletes, if its name comes later', async () => {
    const stacked = async (name: string) =>
      figures(
        [directory(name), file(`${name}/a`, 7)],
        [file(`.wh.${name}`, 0), directory(name), file(`${name}/b`, 2)],
        [file(`.wh.${name}`, 0)],
      );
    // `+` is before `.wh.+`, `d` after `.wh.d`.
    expect(await stacked('d')).toEqual([11 / 18, 9, 9, 2]);
    expect(await stacked('+')).toEqual([1, 0, 9, 2]);
  });

  test('take the device that deletes a path in an overlay for a file', async () => {
    const device: EntrySpec = { path: 'd', type: 'char', devmajor: 0, devminor: 0 };
    const below = [directory('d'), file('d/a', 7)];
    expect(await figures(below, [device], [directory('d')])).toEqual([1, 0, 7, 0]);
  });

  test('take a layer that is stored as a link for empty', async () => {
    const again = [file('a', 8)];
    const { sizeBytes, wastedBytes } = await metricsOf([again, [file('b', 1)], again], 'legacy');
    expect([sizeBytes, wastedBytes]).toEqual([9, 0]);
    expect((await metricsOf([again, [file('b', 1)], again])).wastedBytes).toBe(16);
  });

  test('keep names that lead out of the root beside those that do not', async () => {
    expect(await figures([file('../a', 3)], [file('a', 4)])).toEqual([1, 0, 7, 4]);
  });

  test('have no share without bytes above the lowest layer', async () => {
    expect((await metricsOf([[file('a', 8)]])).userWastedPercent).toBeNaN();
    const deleted = [[file('a', 8)], [file('.wh.a', 0)]];
    expect((await metricsOf(deleted)).userWastedPercent).toBe(Number.POSITIVE_INFINITY);
  });
});

test('metrics are printed as Go prints them', () => {
  const printed = (efficiency: number, wastedBytes: number, userSizeBytes: number) =>
    Object.values(printMetrics({ efficiency, wastedBytes, userSizeBytes }));
  expect(printed(0.9844212134184309, 32_025, 66_237)).toEqual(['98.4421', '32025', '48.3491']);
  // In the middle of two numbers, Go takes the even one.
  expect(printed(0.0003125, 3, 3200)).toEqual(['0.0312', '3', '0.0938']);
  expect(printed(1, 0, 0)).toEqual(['100.0000', '0', 'NaN']);
  expect(printed(1, 5, 0)).toEqual(['100.0000', '5', '+Inf']);
});
