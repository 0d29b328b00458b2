import { diffOf, file } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const ONLY_FILES = { only: ['files'] } as const;

const owned = (path: string, text: string, uid: number) => ({ ...file(path, text), uid });

/** Returns the layers of the only change. */
async function layersOf(a: Parameters<typeof diffOf>[1], b: Parameters<typeof diffOf>[2]) {
  const { list } = await diffOf(scratch, a, b, ONLY_FILES);
  expect(list).toHaveLength(1);
  const { layerA, layerB, storedInA, storedInB } = list[0] ?? {};
  return { layerA, layerB, storedInA, storedInB };
}

describe('the layer that stored a content', () => {
  const base = [file('base', 'x')];

  test('is named beside the last one that stored the same bytes again', async () => {
    const b = [base, [owned('f', 'text', 0)], [owned('f', 'text', 1)], [owned('f', 'text', 2)]];
    expect(await layersOf([base], b)).toEqual({
      layerA: undefined,
      layerB: 3,
      storedInA: undefined,
      storedInB: 1,
    });
    expect(await layersOf(b, [base])).toMatchObject({ layerA: 3, storedInA: 1, storedInB: undefined });
  });

  test('is that of the last other content', async () => {
    const b = [[file('f', 'old!')], [file('f', 'text')], [owned('f', 'text', 1)]];
    expect(await layersOf([[file('f', 'AAAA')]], b)).toMatchObject({ layerA: 0, layerB: 2, storedInB: 1 });
  });

  test('is not named for a hard link, which is newer', async () => {
    const link = { type: 'link', path: 'g', linkpath: 'f' } as const;
    const b = [[file('f', 'text')], [owned('f', 'text', 1), link]];
    const { list } = await diffOf(scratch, [[file('f', 'text')]], b, ONLY_FILES);
    const added = list.find(({ path }) => path === '/g');
    expect([added?.layerB, added?.storedInB]).toEqual([1, undefined]);
  });

  test('is not named where one layer did both', async () => {
    expect(await layersOf([[file('f', 'AAAA')]], [[file('f', 'old!')], [file('f', 'text')]])).toMatchObject({
      layerB: 1,
      storedInB: undefined,
    });
    // Deleted in between: the later layer stored it for itself.
    const deleted = [[file('f', 'text')], [file('.wh.f', '')], [owned('f', 'text', 1)]];
    expect(await layersOf([[file('f', 'AAAA')]], deleted)).toMatchObject({ layerB: 2, storedInB: undefined });
  });
});
