import { analyse } from '@layers/core/analysis';
import {
  type Budgets,
  CHECK_RULES,
  type CheckOptions,
  checkDocument,
  parseLimit,
} from '@layers/insight/check';
import { readOne } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const sound = buildTar([{ path: 'a', data: Buffer.alloc(1000, 'x') }]);
/** Ends within a file. */
const cut = buildTar([{ path: 'b', data: Buffer.alloc(5000, 'x') }]).subarray(0, 2048);

const read = (layers: readonly Buffer[]) =>
  readOne({
    path: scratch.file(
      buildDockerArchive(
        { images: [{ tags: ['app:1'], layers: [...layers] }] },
        { form: 'legacy', compression: null },
      ),
    ),
  });

const LIMITS: Readonly<Record<string, readonly string[]>> = {
  efficiency: ['0.5'],
  'wasted-share': ['0.5'],
  layers: ['9'],
  'forbidden-paths': ['*.pem'],
  labels: ['version=.*'],
};
const ALL: Budgets = Object.fromEntries(
  CHECK_RULES.map((rule) => [
    rule,
    {
      fail: parseLimit(
        rule,
        LIMITS[rule] ?? (['secrets', 'setuid', 'user'].includes(rule) ? [] : ['1MB']),
        'x',
      ),
    },
  ]),
);

async function checkedLayers(layers: readonly Buffer[], options: CheckOptions = {}) {
  const report = await checkDocument(analyse(await read(layers)), { budgets: ALL, ...options });
  return {
    ...report,
    levels: Object.fromEntries(report.results.map(({ rule, level }) => [rule, level])),
    reasons: Object.fromEntries(report.results.map(({ rule, reason }) => [rule, reason])),
  };
}

describe('a layer that cannot be read', () => {
  test('fails as a result of its own; rules that need its files are not kept', async () => {
    const { verdict, totals, levels, reasons, results } = await checkedLayers([sound, cut]);
    expect(verdict).toBe('fail');
    expect(totals).toMatchObject({ fail: 3, pass: 2 });
    expect(results[0]).toMatchObject({ rule: 'damage', level: 'fail', limit: null, actual: 1 });
    expect(results[0]?.evidence).toMatchObject([{ path: null, layer: 1 }]);
    expect(levels).toMatchObject({
      efficiency: 'skip',
      'wasted-bytes': 'skip',
      'wasted-share': 'skip',
      'stored-size': 'pass',
      'content-size': 'skip',
      layers: 'pass',
      'layer-size': 'skip',
      'forbidden-paths': 'skip',
      junk: 'skip',
      secrets: 'skip',
      setuid: 'skip',
      // The image has no label and no user.
      labels: 'fail',
      user: 'fail',
    });
    expect(reasons['secrets']).toBe('not known: layer 1 could not be read');
  });

  test('does not hide what was found in the others', async () => {
    const budgets = { 'forbidden-paths': { fail: parseLimit('forbidden-paths', ['a'], 'x') } };
    expect((await checkedLayers([sound, cut], { budgets })).levels).toEqual({
      damage: 'fail',
      'forbidden-paths': 'fail',
    });
  });

  test('of the base matters to figures of the whole image only', async () => {
    const { levels } = await checkedLayers([cut, sound], { base: { name: 'base', layers: 1 } });
    expect(levels).toMatchObject({
      damage: 'fail',
      'content-size': 'skip',
      'added-size': 'pass',
      'forbidden-paths': 'pass',
      secrets: 'pass',
      setuid: 'pass',
    });
  });

  test('that the image to compare with lacks leaves the growth unknown', async () => {
    const whole = await read([sound, sound]);
    const image = {
      ...whole,
      layers: whole.layers.map((layer) =>
        layer.position === 1 ? { ...layer, index: null, bytes: null } : layer,
      ),
    };
    const { levels, reasons } = await checkedLayers([sound], { against: { name: 'main', image } });
    expect(levels).toMatchObject({ growth: 'skip', secrets: 'pass' });
    expect(reasons['growth']).toBe('not known: layer 1 of main could not be read');
  });

  test('is no matter for an undamaged image', async () => {
    expect((await checkedLayers([sound])).levels).toMatchObject({ secrets: 'pass', junk: 'pass' });
    expect((await checkedLayers([sound])).levels).not.toHaveProperty('damage');
  });
});
