import { expect, test } from 'vitest';
import { type ConfigFlags, parseConfigFlags } from '../../src/flags/config-flags.ts';

const usage = expect.objectContaining({ code: 'ERR_LAYERS_USAGE', hint: expect.any(String) });

test('options become edits; options that are absent leave none', () => {
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

test('a command is a JSON list or a shell command', () => {
  const cmd = (word: string) => parseConfigFlags({ cmd: word }).edits.cmd;
  expect(cmd('["a", "b c"]')).toEqual(['a', 'b c']);
  expect(cmd('[]')).toEqual([]);
  expect(cmd('a "b c"')).toEqual({ shell: 'a "b c"' });
  expect(cmd('[ -f x ] && y')).toEqual({ shell: '[ -f x ] && y' });
});

test('an entrypoint removes the command of the image, unless one is given', () => {
  expect(parseConfigFlags({ entrypoint: '["/e"]' }).edits).toEqual({ entrypoint: ['/e'], cmd: null });
  expect(parseConfigFlags({ entrypoint: '["/e"]', cmd: '["c"]' }).edits.cmd).toEqual(['c']);
  expect(parseConfigFlags({ unsetEntrypoint: true }).edits).toEqual({ entrypoint: null });
});

test('every field that can be set can be removed', () => {
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

test('a health check is parsed in every form that docker has', () => {
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
  expect(check('--interval=0 --retries=0 CMD x')).toEqual({
    Test: ['CMD-SHELL', 'x'],
    Interval: 0,
    Retries: 0,
  });
  expect(check('["CMD-SHELL","a b"]')).toEqual({ Test: ['CMD-SHELL', 'a b'] });
  expect(check('cmd x')).toEqual({ Test: ['CMD-SHELL', 'cmd x'] });
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
  { healthcheck: '--retries=3 --retries=4 CMD x' },
  { healthcheck: '{"Test":["CMD","x"],"Interval":"soon"}' },
  { healthcheck: '{"Test":["CMD","x"],"Interval":5}' },
  { healthcheck: '{"Test":["CMD","x"],"Retries":1.5}' },
] satisfies ConfigFlags[])('%j is refused with a hint', (flags) => {
  expect(() => parseConfigFlags(flags)).toThrow(usage);
});

test('an error names the value and its option', () => {
  expect(() => parseConfigFlags({ healthcheck: '--every=3s CMD x' })).toThrow(
    '--healthcheck "--every=3s CMD x": Unknown flag: every',
  );
  expect(() => parseConfigFlags({ stopSignal: '65' })).toThrow('--stop-signal "65": Invalid signal: 65');
});
