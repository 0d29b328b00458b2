import { analyse } from '@layers/core/analysis';
import {
  type Budgets,
  type CheckOptions,
  type CheckRule,
  checkDocument,
  DIVE_DEFAULTS,
  parseFloor,
  parseLimit,
} from '@layers/insight/check';
import { readOne } from '@layers/testing/analysed';
import { leaksOf, plantedArchive } from '@layers/testing/planted-secrets';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { checked, imageOf, onlyResult, type Step } from './checked.ts';

const scratch = useScratch();
const file = (path: string, size: number): EntrySpec => ({ path, data: Buffer.alloc(size, path) });
const limited = (rule: CheckRule, ...texts: readonly string[]): Budgets => ({
  [rule]: { fail: parseLimit(rule, texts, 'test') },
});

/** 1,000 bytes, of which the last layer wastes 100. */
const WASTEFUL: readonly Step[] = [
  ['COPY app /app', [file('app/kept', 900), file('app/old', 100)]],
  ['RUN rm /app/old', [{ path: 'app/.wh.old' }]],
];

async function levelOf(
  steps: readonly Step[],
  budgets: Budgets,
  options: CheckOptions = {},
  config: Readonly<Record<string, unknown>> = {},
) {
  return onlyResult(await checked(scratch, steps, { ...options, budgets }, config));
}

describe('at the border, as in dive', () => {
  test.each<[CheckRule, kept: string, crossed: string, actual: number]>([
    ['efficiency', '0.9', '0.9001', 0.9],
    ['efficiency', '90%', '90.01 %', 0.9],
    ['wasted-bytes', '100', '99', 100],
    ['wasted-share', '0.1', '0.0999', 0.1],
    ['wasted-share', '10%', '9.99%', 0.1],
    ['content-size', '1kB', '999', 1000],
    ['stored-size', '5.12kB', '5119', 5120],
    ['layers', '2', '1', 2],
    ['layer-size', '1k', '0.999k', 1000],
  ])('%s: %s is kept, %s is not', async (rule, kept, crossed, actual) => {
    expect(await levelOf(WASTEFUL, limited(rule, kept))).toMatchObject({
      level: 'pass',
      actual,
      evidence: [],
    });
    const result = await levelOf(WASTEFUL, limited(rule, crossed));
    expect(result).toMatchObject({ level: 'fail', actual, limit: { text: crossed, from: 'test' } });
    expect(result.evidence.length).toBeGreaterThan(0);
    expect(result.reason).toContain(crossed);
  });

  test('of a warning below a failure, the gravest that is crossed counts', async () => {
    const budgets = (fail: string, warn: string): Budgets => ({
      'wasted-bytes': {
        fail: parseLimit('wasted-bytes', [fail], 'f'),
        warn: parseLimit('wasted-bytes', [warn], 'w'),
      },
    });
    expect(await levelOf(WASTEFUL, budgets('99', '50'))).toMatchObject({
      level: 'fail',
      limit: { from: 'f' },
    });
    expect(await levelOf(WASTEFUL, budgets('100', '99'))).toMatchObject({
      level: 'warn',
      limit: { from: 'w' },
    });
    expect(await levelOf(WASTEFUL, budgets('200', '100'))).toMatchObject({
      level: 'pass',
      limit: { from: 'w' },
    });
  });

  test('a share is not blamed for fewer bytes than the floor', async () => {
    const budgets = (floor: string): Budgets => ({
      'wasted-share': { ...limited('wasted-share', '5%')['wasted-share'], floor: parseFloor(floor, 'test') },
    });
    expect(await levelOf(WASTEFUL, budgets('101'))).toMatchObject({
      level: 'pass',
      reason: '10 % is wasted, more than 5% (100 B wasted), but that is less than the floor of 101',
    });
    expect((await levelOf(WASTEFUL, budgets('100'))).level).toBe('fail');
  });

  test('without budgets, those of dive count', async () => {
    const before = await checked(scratch, WASTEFUL, {});
    expect(before.results.map(({ rule, limits }) => [rule, limits.fail?.value])).toEqual([
      ['efficiency', 0.9],
      ['wasted-share', 0.1],
    ]);
    expect(before).toMatchObject({ verdict: 'pass', totals: { pass: 2, fail: 0, warn: 0, skip: 0 } });
    const [first] = WASTEFUL;
    const more: Step[] = [...(first === undefined ? [] : [first]), ['RUN rm -r /app', [{ path: '.wh.app' }]]];
    expect(await checked(scratch, more, { budgets: DIVE_DEFAULTS })).toMatchObject({
      verdict: 'fail',
      figures: { efficiency: 0, wastedBytes: 1000, wastedShare: 1 },
    });
  });
});

describe('what is blamed', () => {
  test('waste: the paths, with the instruction that wasted them', async () => {
    const { evidence, reason } = await levelOf(WASTEFUL, limited('wasted-bytes', '0'));
    expect(reason).toBe('100 B is wasted, more than 0');
    expect(evidence).toEqual([
      {
        path: '/app/old',
        bytes: 100,
        layer: 1,
        instruction: 'RUN rm /app/old',
        note: 'deleted; stored by layer 0',
      },
    ]);
  });

  test('many paths: the first ten, and the number of the others', async () => {
    const files = Array.from({ length: 30 }, (_, i) => file(`d${i}/x${i}.pem`, 10 + i));
    const result = await levelOf([['COPY . /', files]], limited('forbidden-paths', '*.pem'));
    expect(result).toMatchObject({ level: 'fail', actual: 30, moreEvidence: 20 });
    expect(result.evidence).toHaveLength(10);
  });

  test('the layers above the base alone, where a base is given', async () => {
    const steps: readonly Step[] = [
      ...WASTEFUL,
      ['COPY own /own', [file('own', 400)]],
      ['RUN rm /own /app/kept', [{ path: '.wh.own' }, { path: 'app/.wh.kept' }, file('new', 200)]],
    ];
    const base = { name: 'base:1', layers: 2 };
    const report = await checked(scratch, steps, { base, budgets: limited('wasted-share', '0') });
    expect(report.base).toEqual({ ...base, wastedBytes: 100 });
    expect(report.figures).toMatchObject({
      contentBytes: 1600,
      wastedBytes: 1300,
      // Of the 600 bytes that the own layers added, and of the 900 bytes of the base that they wasted.
      wastedShare: 1300 / 1500,
      efficiency: 300 / 1600,
      addedBytes: 600,
    });
    expect(onlyResult(report).evidence.map(({ path, layer }) => [path, layer])).toEqual([
      ['/app/kept', 3],
      ['/own', 3],
    ]);
    expect(await levelOf(steps, limited('added-size', '600'), { base })).toMatchObject({ level: 'pass' });
    expect(await levelOf(steps, limited('added-size', '599'), { base })).toMatchObject({
      level: 'fail',
      actual: 600,
      evidence: [
        { layer: 2, bytes: 400 },
        { layer: 3, bytes: 200 },
      ],
    });
    expect(await levelOf(steps, limited('added-size', '1'))).toMatchObject({
      level: 'skip',
      actual: null,
      limit: null,
      reason: 'no base image is given',
    });
  });
});

describe('what must not be there', () => {
  const junk: readonly Step[] = [
    [
      'RUN apt-get update',
      [file('var/lib/apt/lists/a', 300), file('src/.git/HEAD', 50), file('usr/share/doc/x', 9)],
    ],
  ];

  test('junk: caches and version control, not documentation', async () => {
    expect(await levelOf(junk, limited('junk', '350'))).toMatchObject({ level: 'pass', actual: 350 });
    expect(await levelOf(junk, limited('junk', '0'))).toMatchObject({
      level: 'fail',
      evidence: [
        { path: '/var/lib/apt/lists/a', bytes: 300, layer: 0, note: 'lists and archives of apt' },
        { path: '/src/.git/HEAD', bytes: 50 },
      ],
    });
    expect(await levelOf(junk, limited('junk', '0'), { base: { name: 'b', layers: 1 } })).toMatchObject({
      level: 'pass',
    });
  });

  test('forbidden paths, also those that a later layer deletes', async () => {
    const steps: readonly Step[] = [
      ['COPY . /', [file('root/.ssh/id', 3), file('etc/ok', 1)]],
      ['RUN rm -r /root', [{ path: '.wh.root' }]],
    ];
    expect(await levelOf(steps, limited('forbidden-paths', '*.pem', '/home/**'))).toMatchObject({
      level: 'pass',
      reason: 'no path matches *.pem, /home/**',
    });
    expect(await levelOf(steps, limited('forbidden-paths', '*.pem', '/root/.ssh/*'))).toMatchObject({
      level: 'fail',
      actual: 1,
      reason: '1 path matches *.pem, /root/.ssh/*',
      evidence: [
        {
          path: '/root/.ssh/id',
          layer: 0,
          note: 'matches /root/.ssh/*; layer 1 deletes it, but it stays in the image',
        },
      ],
    });
  });

  test('setuid files that are not allowed', async () => {
    const steps: readonly Step[] = [
      [
        'RUN a',
        [{ ...file('bin/su', 5), mode: 0o4755 }, { ...file('bin/wall', 5), mode: 0o2755 }, file('bin/ls', 5)],
      ],
    ];
    const allow = (...globs: readonly string[]): Budgets => ({
      setuid: { ...limited('setuid').setuid, allow: globs },
    });
    expect(await levelOf(steps, allow())).toMatchObject({
      level: 'fail',
      actual: 2,
      evidence: [
        { path: '/bin/su', note: 'setuid, mode 4755' },
        { path: '/bin/wall', note: 'setgid, mode 2755' },
      ],
    });
    expect(await levelOf(steps, allow('/bin/su'))).toMatchObject({ actual: 1 });
    expect(await levelOf(steps, allow('/bin/*'))).toMatchObject({ level: 'pass' });
  });

  test('secrets, which the report does not contain', async () => {
    const image = await readOne({ path: scratch.file(plantedArchive()) });
    const everywhere = {
      ...limited('content-size', '0'),
      ...limited('forbidden-paths', '*'),
      ...limited(
        'labels',
        ...Object.keys(image.description.config.config?.['Labels'] ?? {}).map((name) => `${name}=no`),
      ),
      ...limited('wasted-bytes', '0'),
    };
    const report = await checkDocument(analyse(image), { budgets: { ...everywhere, ...limited('secrets') } });
    const secrets = report.results.find(({ rule }) => rule === 'secrets');
    expect(secrets?.level).toBe('fail');
    expect(secrets?.evidence.map(({ path }) => path)).toContain('/app/visible.txt');
    expect(report.results.map(({ rule }) => rule)).toContain('labels');
    expect(leaksOf(JSON.stringify(report))).toEqual([]);
    const unscanned = await checkDocument(analyse(image), { budgets: everywhere });
    expect(leaksOf(JSON.stringify(unscanned))).toEqual([]);
    const clean = await checked(scratch, WASTEFUL, { budgets: limited('secrets') });
    expect(onlyResult(clean)).toMatchObject({ level: 'pass', reason: 'no secrets were found' });
  });

  test('what the base has counts only where no base is given', async () => {
    const image = await readOne({ path: scratch.file(plantedArchive()) });
    const budgets = { ...limited('secrets'), ...limited('forbidden-paths', 'key.pem', 'new-name') };
    const countsOf = async (layers: number) => {
      const { results } = await checkDocument(analyse(image), { budgets, base: { name: 'base', layers } });
      return Object.fromEntries(
        results.map(({ rule, evidence, actual }) => [
          rule,
          { actual, paths: evidence.map(({ path }) => path) },
        ]),
      );
    };
    const [all, own] = [await countsOf(0), await countsOf(1)];
    expect(all['forbidden-paths']?.paths).toEqual(['/app/new-name', '/root/key.pem']);
    expect(own['forbidden-paths']?.paths).toEqual(['/app/new-name']);
    const rewritten: readonly Step[] = [
      ['RUN a', [file('x.pem', 1)]],
      ['RUN b', [file('x.pem', 2)]],
    ];
    expect(
      await levelOf(rewritten, limited('forbidden-paths', '*.pem'), { base: { name: 'base', layers: 1 } }),
    ).toMatchObject({ evidence: [{ path: '/x.pem', layer: 1, bytes: 2 }] });
    expect(own['secrets']?.actual).toBeLessThan(all['secrets']?.actual ?? 0);
    const steps: readonly Step[] = [
      ['RUN a', [{ ...file('bin/su', 5), mode: 0o4755 }]],
      ['RUN b', [{ ...file('bin/sudo', 5), mode: 0o4755 }]],
    ];
    const base = { name: 'base', layers: 1 };
    expect(await levelOf(steps, limited('setuid'), { base })).toMatchObject({
      actual: 1,
      evidence: [{ path: '/bin/sudo', layer: 1 }],
    });
  });

  test.each([
    [undefined, 'fail'],
    ['', 'fail'],
    ['root', 'fail'],
    ['0', 'fail'],
    ['00:5', 'fail'],
    ['root:adm', 'fail'],
    ['+0', 'fail'],
    ['10', 'pass'],
    ['app', 'pass'],
    ['rooty', 'pass'],
    ['1000:0', 'pass'],
  ])('root: the user %j', async (User, level) => {
    const config = User === undefined ? {} : { User };
    expect((await levelOf(WASTEFUL, limited('user'), {}, config)).level).toBe(level);
  });
});

describe('labels', () => {
  const config = { Labels: { version: '1.4.0', '': 'x', vendor: '' } };

  test.each([
    [['version'], 'pass'],
    [['version=\\d+\\.\\d+\\.\\d+'], 'pass'],
    [['version=1'], 'fail'],
    [['version=4|1\\.4\\.0'], 'pass'],
    [['vendor'], 'pass'],
    [['vendor=.+'], 'fail'],
    [['vendor', 'source'], 'fail'],
    [['__proto__'], 'fail'],
    [['toString'], 'fail'],
  ])('%j', async (labels, level) => {
    expect((await levelOf(WASTEFUL, limited('labels', ...labels), {}, config)).level).toBe(level);
  });

  test('are named where they are missing or wrong', async () => {
    const result = await levelOf(WASTEFUL, limited('labels', 'version=2.*', 'source', 'vendor'), {}, config);
    expect(result.reason).toBe('2 of 3 required labels are missing or wrong');
    expect(result.evidence.map(({ note }) => note)).toEqual([
      'label version is "1.4.0", and does not match 2.*',
      'label source is missing',
    ]);
  });
});

describe('growth', () => {
  const before: readonly Step[] = [['COPY app /app', [file('app/a', 1000)]]];
  const after: readonly Step[] = [...before, ['COPY b /b', [file('b', 40), file('c', 10)]]];

  async function grown(from: readonly Step[], to: readonly Step[], limit: string) {
    const image = await readOne({ path: scratch.file(imageOf(from)) });
    return checked(scratch, to, {
      budgets: limited('growth', limit),
      against: { name: 'app:0', image },
    });
  }

  test('in bytes and in percent, at the border', async () => {
    expect(onlyResult(await grown(before, after, '50'))).toMatchObject({ level: 'pass', actual: 50 });
    expect(onlyResult(await grown(before, after, '5%'))).toMatchObject({
      level: 'pass',
      actual: 0.05,
      unit: 'ratio',
    });
    expect(onlyResult(await grown(before, after, '49'))).toMatchObject({
      level: 'fail',
      unit: 'bytes',
      reason: 'the image grew by 50 B, 5 %, more than 49',
    });
    expect(onlyResult(await grown(before, after, '4.9%'))).toMatchObject({ level: 'fail', actual: 0.05 });
  });

  test('names the files and the layers that were added', async () => {
    const report = await grown(before, after, '0');
    expect(onlyResult(report).evidence).toEqual([
      { path: '/b', bytes: 40, layer: 1, instruction: 'COPY b /b', note: 'new' },
      { path: '/c', bytes: 10, layer: 1, instruction: 'COPY b /b', note: 'new' },
    ]);
    expect(report.figures).toMatchObject({ growthBytes: 50, growthShare: 0.05 });
    expect(report.against).toMatchObject({
      name: 'app:0',
      kind: 'image',
      figures: { contentBytes: 1000, layers: 1 },
      newLayers: [{ layer: 1, contentBytes: 50 }],
      moreAdded: 0,
    });
  });

  test('counts a content with several names once, and no file that is not larger', async () => {
    const more: readonly Step[] = [
      ...before,
      ['COPY b /b', [file('b', 40), { path: 'c', type: 'link', linkpath: 'b' }, file('empty', 0)]],
      ['RUN :', [{ path: 'app/a', data: Buffer.alloc(1000, 'other') }]],
    ];
    const { against } = await grown(before, more, '0');
    expect(against?.added.map(({ path }) => path)).toEqual(['/b']);
    expect(against?.moreAdded).toBe(0);
  });

  test('of an image that shrank, or of nothing', async () => {
    expect(onlyResult(await grown(after, before, '0'))).toMatchObject({
      level: 'pass',
      actual: -50,
      reason: 'the image shrank by 50 B, at most 0',
    });
    expect(onlyResult(await grown([['RUN :', []]], before, '500%'))).toMatchObject({ level: 'fail' });
    const nothing = await checked(scratch, after, { budgets: limited('growth', '1%') });
    expect(onlyResult(nothing)).toMatchObject({ level: 'skip', reason: 'no image to compare with is given' });
    expect(nothing.verdict).toBe('pass');
  });

  test('since a saved result, which has no paths', async () => {
    const saved = await checked(scratch, before, {});
    const { parseSavedFigures } = await import('@layers/insight/check');
    const report = await checked(scratch, after, {
      budgets: limited('growth', '1%'),
      against: { name: 'main.json', saved: parseSavedFigures(JSON.stringify(saved), 'main.json') },
    });
    expect(report.against).toMatchObject({ kind: 'document', added: [], newLayers: [{ layer: 1 }] });
    expect(onlyResult(report)).toMatchObject({
      level: 'fail',
      actual: 0.05,
      evidence: [{ path: null, layer: 1, bytes: 50, instruction: 'COPY b /b' }],
    });
    for (const text of ['', '[]', '{', '{"figures":{}}', '{"figures":{"efficiency":"1"}}', 'null']) {
      expect(() => parseSavedFigures(text, 'x.json')).toThrow('not the saved result');
    }
  });
});

test('all rules of one image need one analysis', async () => {
  const analysis = analyse(await readOne({ path: scratch.file(imageOf(WASTEFUL)) }));
  const budgets = { ...limited('efficiency', '1'), ...limited('layers', '1'), ...limited('user') };
  const report = await checkDocument(analysis, { budgets: { ...budgets, layers: { off: true } } });
  expect(report.results.map(({ rule }) => rule)).toEqual(['efficiency', 'user']);
});
