import { randomBytes } from 'node:crypto';
import { adviceDocument } from '@layers/insight/advise';
import { analysed } from '@layers/testing/analysed';
import { archiveOf } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const modules = randomBytes(50_000);
const rootfs = randomBytes(30_000);

type Layers = readonly (readonly EntrySpec[])[];
const STEPS = ['ADD rootfs.tar /', 'COPY dir:SUM in /app ', 'RUN npm ci', 'RUN make'];

/** A build at some time: every layer that is not cached has that time. */
function build(time: number, source: string, { base = rootfs, binary = source } = {}): Layers {
  return [
    [{ path: 'bin/sh', data: base, mtime: 1 }],
    [{ path: 'app/main.js', data: Buffer.from(source), mtime: 7 }],
    [
      { path: 'app/node_modules/a.js', data: modules, mtime: time },
      { path: 'app/node_modules/a.pyc', data: Buffer.alloc(9000, time), mtime: time },
      { path: 'var/log/npm.log', data: Buffer.from(`at ${time}`), mtime: time },
    ],
    [{ path: 'app/out', data: Buffer.from(binary), mtime: time }],
  ];
}

const imageOf = (layers: Layers, { compression = null, steps = STEPS }: Options = {}) =>
  analysed({
    path: scratch.file(
      archiveOf(
        layers,
        { form: 'hybrid', compression },
        {
          history: steps.map((step, i) => ({
            created_by: step.replace(
              'SUM',
              `${Buffer.from(layers[i]?.[0]?.data ?? '')
                .toString('hex')
                .slice(0, 32)}`,
            ),
          })),
        },
      ),
    ),
  });

interface Options {
  readonly compression?: 'gzip' | null;
  readonly steps?: readonly string[];
}

async function adviceOn(
  versions: readonly Layers[],
  options: Options & { readonly baseLayers?: number } = {},
) {
  const analyses = [];
  for (const layers of versions) analyses.push(await imageOf(layers, options));
  const last = analyses.pop();
  if (last === undefined) throw new Error('there is no version');
  const { baseLayers } = options;
  const older = analyses.map(({ image }) => image);
  const { advice, totals } = await adviceDocument(last, { baseLayers, minBytes: 1 }, older);
  const found = advice.filter(({ code }) => code === 'layer-order');
  const stored = last.image.layers.map(({ index }) => index?.storedBytes ?? 0);
  expect(totals.pullBytes).toBe(found.reduce((sum, { pullBytes }) => sum + pullBytes, 0));
  return { found, stored };
}

describe('the order of layers', () => {
  test.each([null, 'gzip'] as const)(
    'is wrong where a changed layer is below one that never changes (%s)',
    async (compression) => {
      const versions = [build(1, 'one'), build(2, 'two'), build(3, 'three')];
      const { found, stored } = await adviceOn(versions, { compression });
      expect(found).toHaveLength(1);
      const again = 2 * (stored[2] ?? 0);
      // Compressed sizes of both builds differ by a few bytes.
      expect(Math.abs((found[0]?.pullBytes ?? 0) - again)).toBeLessThan(100);
      expect(found[0]).toMatchObject({
        problem:
          'the files of this instruction changed in 2 of 2 new versions: a layer above it, whose files never changed, was built and pulled again',
        savableBytes: 0,
        wastedBy: { layer: 1, instruction: expect.stringMatching(/^COPY dir:/) },
        storedBy: [{ layer: 2, instruction: 'RUN npm ci' }],
      });
    },
  );

  test('is right where the layers above changed too, or nothing was built again', async () => {
    const [a, b] = [build(1, 'one'), build(2, 'two')];
    const changed = b.with(2, [{ path: 'app/node_modules/a.js', data: randomBytes(50_000), mtime: 2 }]);
    expect((await adviceOn([a, changed])).found).toEqual([]);
    // It changed once, so that it is not stable.
    expect((await adviceOn([a, b, changed])).found).toEqual([]);
    const sorted = [...a.slice(0, 1), a[2] ?? [], b[1] ?? [], b[3] ?? []];
    const steps = [STEPS[0] ?? '', STEPS[2] ?? '', STEPS[1] ?? '', STEPS[3] ?? ''];
    const first = [...a.slice(0, 1), a[2] ?? [], a[1] ?? [], a[3] ?? []];
    expect((await adviceOn([first, sorted], { steps })).found).toEqual([]);
    expect((await adviceOn([a])).found).toEqual([]);
    expect((await adviceOn([a, a])).found).toEqual([]);
  });

  test('says nothing where all was built again without a change, or on another base', async () => {
    const a = build(1, 'one');
    expect((await adviceOn([a, build(2, 'one')])).found).toEqual([]);
    const other = build(2, 'two', { base: randomBytes(30_000) });
    expect((await adviceOn([a, other])).found).toEqual([]);
    // The layer that changed belongs to the base.
    expect((await adviceOn([a, build(2, 'two')], { baseLayers: 2 })).found).toEqual([]);
    expect((await adviceOn([a, build(2, 'two')], { baseLayers: 1 })).found).toHaveLength(1);
  });

  test('compares layers as far as the instructions are the same', async () => {
    const [a, b] = [
      await imageOf(build(1, 'one')),
      await imageOf(build(2, 'two'), { steps: STEPS.with(2, 'RUN npm i') }),
    ];
    const { advice } = await adviceDocument(b, { minBytes: 1 }, [a.image]);
    expect(advice.filter(({ code }) => code === 'layer-order')).toEqual([]);
  });
});
