import { expect, test } from 'vitest';
import { editAnnotations } from '../../src/config/annotations.ts';
import { parseDuration } from '../../src/config/durations.ts';
import { type ConfigFlags, createdFromEpoch, parseConfigFlags } from '../../src/config/flags.ts';

const usage = expect.objectContaining({ code: 'ERR_LAYERS_USAGE', hint: expect.any(String) });

test('words become edits, and what is not said is left out', () => {
  expect(parseConfigFlags({})).toEqual({ edits: {}, setAnnotations: [], unsetAnnotations: [] });
  expect(
    parseConfigFlags({
      setEnv: ['A=1=2', 'B='],
      unsetEnv: ['C_*'],
      label: ['x=y', 'bare'],
      unsetLabel: ['z'],
      volume: ['/v'],
      unsetVolume: ['*'],
      expose: ['80'],
      unexpose: ['9*'],
      user: '1000:1000',
      workdir: '/w',
      stopSignal: 'SIGTERM',
      author: 'me',
      annotation: ['k=v'],
      unsetAnnotation: ['o.*'],
      platform: 'linux/arm64/v8',
      created: '0',
    }),
  ).toEqual({
    edits: {
      setEnv: [
        ['A', '1=2'],
        ['B', ''],
      ],
      unsetEnv: ['C_*'],
      setLabels: [
        ['x', 'y'],
        ['bare', ''],
      ],
      unsetLabels: ['z'],
      addVolumes: ['/v'],
      unsetVolumes: ['*'],
      addPorts: ['80'],
      unsetPorts: ['9*'],
      user: '1000:1000',
      workdir: '/w',
      stopSignal: 'SIGTERM',
      author: 'me',
      platform: { os: 'linux', architecture: 'arm64' },
      created: '1970-01-01T00:00:00Z',
    },
    setAnnotations: [['k', 'v']],
    unsetAnnotations: ['o.*'],
  });
});

test('commands are lists of words or lines for the shell', () => {
  const cmd = (word: string) => parseConfigFlags({ cmd: word }).edits.cmd;
  expect(cmd('["a", "b c"]')).toEqual(['a', 'b c']);
  expect(cmd('[]')).toEqual([]);
  expect(cmd('a "b c"')).toEqual({ shell: 'a "b c"' });
  expect(cmd('[ -f x ] && y')).toEqual({ shell: '[ -f x ] && y' });
});

test('an entrypoint takes the command of the image away, unless one is given', () => {
  expect(parseConfigFlags({ entrypoint: '["/e"]' }).edits).toEqual({ entrypoint: ['/e'], cmd: null });
  expect(parseConfigFlags({ entrypoint: '["/e"]', cmd: '["c"]' }).edits.cmd).toEqual(['c']);
  expect(parseConfigFlags({ unsetEntrypoint: true }).edits).toEqual({ entrypoint: null });
});

test('what can be set can be removed', () => {
  expect(
    parseConfigFlags({
      unsetCmd: true,
      unsetUser: true,
      unsetWorkdir: true,
      unsetHealthcheck: true,
      unsetStopSignal: true,
      unsetAuthor: true,
      unsetShell: true,
    }).edits,
  ).toEqual({
    cmd: null,
    user: null,
    workdir: null,
    healthcheck: null,
    stopSignal: null,
    author: null,
    shell: null,
  });
});

test('health checks are read in all the forms that docker has', () => {
  const check = (word: string) => parseConfigFlags({ healthcheck: word }).edits.healthcheck;
  expect(check('none')).toBe('NONE');
  expect(check('{"Test":["NONE"]}')).toBe('NONE');
  expect(check('curl -f http://x')).toEqual({ Test: ['CMD-SHELL', 'curl -f http://x'] });
  expect(check('["curl","-f"]')).toEqual({ Test: ['CMD', 'curl', '-f'] });
  expect(check('--interval=1m30s --timeout=1.5s --retries=3 CMD ["a"]')).toEqual({
    Test: ['CMD', 'a'],
    Interval: 90e9,
    Timeout: 1.5e9,
    Retries: 3,
  });
  expect(check('CMD [ -f /x ]')).toEqual({ Test: ['CMD-SHELL', '[ -f /x ]'] });
  expect(check('{"Test":["CMD-SHELL","x"],"Interval":"30s","StartPeriod":1000000}')).toEqual({
    Test: ['CMD-SHELL', 'x'],
    Interval: 30e9,
    StartPeriod: 1_000_000,
  });
});

test.each([
  { setEnv: ['A'] },
  { setEnv: ['=x'] },
  { setEnv: [''] },
  { setEnv: ['A=\0'] },
  { unsetEnv: [''] },
  { label: [''] },
  { annotation: ['k'] },
  { volume: ['data'] },
  { volume: [''] },
  { expose: ['http'] },
  { unexpose: ['http'] },
  { cmd: '' },
  { cmd: '["a", 1]' },
  { cmd: '["a"' },
  { cmd: '["a"]', unsetCmd: true },
  { entrypoint: 'x', unsetEntrypoint: true },
  { user: '' },
  { workdir: 'a\0b' },
  { stopSignal: 'SIG TERM' },
  { stopSignal: '65' },
  { stopSignal: '0' },
  { shell: '/bin/sh' },
  { shell: '[]' },
  { created: 'yesterday' },
  { created: '2024-13-01T00:00:00Z' },
  { created: '999999999999999' },
  { healthcheck: '{' },
  { healthcheck: '{"Test":"x"}' },
  { healthcheck: '{"Test":["x","y"]}' },
  { healthcheck: '{"Test":["CMD"]}' },
  { healthcheck: '{"Tests":[]}' },
  { healthcheck: '--every=3s CMD x' },
  { healthcheck: '--interval=3 CMD x' },
  { healthcheck: '--interval=1us CMD x' },
  { healthcheck: '--retries=-1 CMD x' },
  { healthcheck: '--retries=3' },
] satisfies ConfigFlags[])('%j is refused with a hint', (flags) => {
  expect(() => parseConfigFlags(flags)).toThrow(usage);
});

test.each([
  ['0', 0],
  ['1h2m3.5s', 3_723_500_000_000],
  ['100ms', 1e8],
  ['1µs', 1000],
  ['', undefined],
  ['5', undefined],
  ['-1s', undefined],
  ['1s x', undefined],
  ['9999999999h', undefined],
])('the duration %j is %s', (text, nanoseconds) => {
  expect(parseDuration(text)).toBe(nanoseconds);
});

test('a time is made of SOURCE_DATE_EPOCH', () => {
  expect(createdFromEpoch(1_700_000_000)).toBe('2023-11-14T22:13:20Z');
  for (const seconds of [-1, 0.5, Number.NaN, 1e15]) expect(() => createdFromEpoch(seconds)).toThrow(usage);
});

test('annotations are set in place, added and removed by pattern', () => {
  const before = new Map([
    ['a', '1'],
    ['org.x', '2'],
    ['org.y', '3'],
  ]);
  expect([
    ...editAnnotations(
      before,
      [
        ['org.y', '4'],
        ['z', ''],
      ],
      ['org.*'],
    ),
  ]).toEqual([
    ['a', '1'],
    ['org.y', '4'],
    ['z', ''],
  ]);
});
