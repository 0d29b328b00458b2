import { expect, test } from 'vitest';
import { editConfig } from '../../src/config/edit-config.ts';
import type { ConfigEdits } from '../../src/config/edits.ts';

const edited = (config: string | object, edits: ConfigEdits): string => {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return Buffer.from(editConfig(Buffer.from(text), edits)).toString();
};
const execution = (config: unknown, edits: ConfigEdits): unknown =>
  JSON.parse(edited({ config }, edits)).config;
const configError = expect.objectContaining({ code: 'ERR_LAYERS_CONFIG', hint: expect.any(String) });

test('without a change, the same bytes are returned', () => {
  const bytes = Buffer.from('{ "config" : {"Env":["A=1"], "Labels":{"x":"\\u003c"}},\n "author":"me" }');
  for (const edits of [
    {},
    { setEnv: [['A', '1']] },
    { unsetEnv: ['B', 'C_*'], unsetLabels: ['y'], unsetVolumes: ['*'], unsetPorts: ['*', '80'] },
    { setLabels: [['x', '<']] },
    { author: 'me', user: null, cmd: null, healthcheck: null },
  ] satisfies ConfigEdits[]) {
    expect(editConfig(bytes, edits)).toBe(bytes);
  }
});

test('fields without edits keep their spelling', () => {
  const before = '{"z":18446744073709551616,"config":{"Odd":1.0,"User":"a","More":"\\u003c"},"2":1,"1":2}';
  expect(edited(before, { user: 'b' })).toBe(
    '{"z":18446744073709551616,"config":{"Odd":1.0,"User":"b","More":"\\u003c"},"2":1,"1":2}',
  );
});

test('env: replaced in place, added at the end, removed by name and by pattern', () => {
  const config = { Env: ['PATH=/bin', 'FOO_A=1', 'B=2', 'FOO_B=3', 'BARE'] };
  expect(
    execution(config, {
      setEnv: [
        ['NEW', 'x=y'],
        ['B', ''],
      ],
      unsetEnv: ['FOO_*', 'BARE'],
    }),
  ).toEqual({
    Env: ['PATH=/bin', 'B=', 'NEW=x=y'],
  });
});

test('env: a name that is set is not removed by a pattern, and occurs once', () => {
  const config = { Env: ['A=1', 'B=2', 'A=3'] };
  expect(execution(config, { unsetEnv: ['*'], setEnv: [['A', '4']] })).toEqual({ Env: ['A=4'] });
  expect(execution(config, { unsetEnv: ['A'] })).toEqual({ Env: ['B=2'] });
  expect(
    execution(config, {
      setEnv: [
        ['C', '1'],
        ['C', '2'],
      ],
    }),
  ).toEqual({
    Env: ['A=1', 'B=2', 'A=3', 'C=2'],
  });
});

test('an empty list is removed', () => {
  const config = { Env: ['A=1'], Labels: { a: 'b' }, Volumes: { '/v': {} }, ExposedPorts: { '80/tcp': {} } };
  expect(
    execution(config, { unsetEnv: ['A'], unsetLabels: ['*'], unsetVolumes: ['*'], unsetPorts: ['*'] }),
  ).toEqual({});
});

test('labels: set, replaced in place, removed across slashes', () => {
  const config = { Labels: { 'org.a/x': '1', keep: '2', 'org.a/y': '3' } };
  const text = JSON.stringify(
    execution(config, {
      setLabels: [
        ['keep', 'K'],
        ['new', ''],
      ],
      unsetLabels: ['org.*'],
    }),
  );
  expect(text).toBe('{"Labels":{"keep":"K","new":""}}');
});

test('labels: a repeated key is removed with all its values', () => {
  expect(edited('{"config":{"Labels":{"a":"1","a":"2","b":"3"}}}', { unsetLabels: ['a'] })).toBe(
    '{"config":{"Labels":{"b":"3"}}}',
  );
});

test('volumes: added and removed', () => {
  const config = { Volumes: { '/data': {}, '/var/lib/x': {} } };
  expect(execution(config, { addVolumes: ['/new', '/data'], unsetVolumes: ['/var/*'] })).toEqual({
    Volumes: { '/data': {}, '/new': {} },
  });
});

test('ports: a number is TCP, a range is each of its ports, a pattern without protocol matches any', () => {
  const config = { ExposedPorts: { '80': {}, '81/udp': {}, '82/tcp': {}, '443/tcp': {} } };
  expect(execution(config, { unsetPorts: ['80'] })).toEqual({
    ExposedPorts: { '81/udp': {}, '82/tcp': {}, '443/tcp': {} },
  });
  expect(execution(config, { unsetPorts: ['8*'] })).toEqual({ ExposedPorts: { '443/tcp': {} } });
  expect(execution(config, { unsetPorts: ['80-82'] })).toEqual({
    ExposedPorts: { '81/udp': {}, '443/tcp': {} },
  });
  expect(execution({}, { addPorts: ['53/UDP', '8000-8002'] })).toEqual({
    ExposedPorts: { '53/udp': {}, '8000/tcp': {}, '8001/tcp': {}, '8002/tcp': {} },
  });
  expect(edited({ config }, { addPorts: ['80'] })).toBe(JSON.stringify({ config }));
});

test.each(['', '0', '65536', '9-8', '80/http', 'x', '80/tcp/udp', '-1'])('port %j is refused', (port) => {
  const usage = expect.objectContaining({ code: 'ERR_LAYERS_USAGE' });
  expect(() => edited({}, { addPorts: [port] })).toThrow(usage);
});

test('entrypoint and command: words, lines for the shell of the image, removed', () => {
  const config = { Entrypoint: ['/old'], Cmd: ['x'] };
  expect(execution(config, { entrypoint: ['/new', 'a b'], cmd: null })).toEqual({
    Entrypoint: ['/new', 'a b'],
  });
  expect(execution({}, { cmd: { shell: 'echo $HOME' } })).toEqual({ Cmd: ['/bin/sh', '-c', 'echo $HOME'] });
  expect(execution({ Shell: ['/bin/bash', '-ec'] }, { cmd: { shell: 'x' } })).toMatchObject({
    Cmd: ['/bin/bash', '-ec', 'x'],
  });
  expect(execution({}, { shell: ['/bin/ash', '-c'], cmd: { shell: 'x' } })).toEqual({
    Shell: ['/bin/ash', '-c'],
    Cmd: ['/bin/ash', '-c', 'x'],
  });
  expect(JSON.parse(edited({ os: 'windows' }, { cmd: { shell: 'dir' } })).config.Cmd).toEqual([
    'cmd',
    '/S',
    '/C',
    'dir',
  ]);
});

test('user, working directory, stop signal and health check: set and removed', () => {
  const config = {
    User: 'root',
    WorkingDir: '/app',
    StopSignal: 'SIGINT',
    Healthcheck: { Test: ['CMD', 'x'] },
  };
  expect(execution(config, { user: null, workdir: null, stopSignal: null, healthcheck: null })).toEqual({});
  expect(execution(config, { workdir: 'sub/../dir', healthcheck: 'NONE' })).toMatchObject({
    WorkingDir: '/app/dir',
    Healthcheck: { Test: ['NONE'] },
  });
  expect(execution({}, { workdir: '../x' })).toEqual({ WorkingDir: '/x' });
});

test.each([
  // As `docker create --workdir` of Docker 20.10.
  ['/a/../b/', '/b'],
  ['/a/', '/a'],
  ['/a//b', '/a/b'],
  ['/a/./b', '/a/b'],
  ['//x', '/x'],
  ['/..', '/'],
  ['/', '/'],
])('the working directory %s is %s', (workdir, after) => {
  for (const before of ['/srv', '/srv/../x/', '']) {
    expect(execution({ WorkingDir: before }, { workdir })).toEqual({ WorkingDir: after });
  }
});

test.each([
  // As WORKDIR in normalizeWorkdirWindows of moby, builder/dockerfile/dispatchers.go.
  ['', 'a', 'C:\\a'],
  ['', 'c:\\foo', 'C:\\foo'],
  ['', '\\foo', 'C:\\foo'],
  ['', '/foo', 'C:\\foo'],
  ['C:\\foo', 'bar', 'C:\\foo\\bar'],
  ['C:\\foo', '/foo/bar', 'C:\\foo\\bar'],
  ['C:\\foo', 'c:/x/y/', 'C:\\x\\y'],
  ['D:\\foo', '..\\bar', 'D:\\bar'],
  ['D:\\foo', '\\bar', 'C:\\bar'],
  ['foo', 'bar', 'Foo\\bar'],
  ['', 'c:\\', 'C:\\'],
  ['', '.', 'C:\\'],
  ['', 'c:\\\\foo', 'C:\\foo'],
  ['', '\\\\foo', 'C:\\foo'],
  ['', 'C:/first\\second/third', 'C:\\first\\second\\third'],
  ['', 'C:\\..\\test\\..\\', 'C:\\'],
  ['', 'c:rel', 'C:rel'],
  ['C:\\foo', 'c:rel', 'C:\\foo\\c:rel'],
  ['C:\\foo', 'D:\\bar', 'D:\\bar'],
  ['', '\\\\host\\share\\dir', 'C:\\host\\share\\dir'],
  ['C:\\foo', '//host/share/dir', 'C:\\host\\share\\dir'],
  ['\\\\host\\share', 'dir', '\\\\host\\share\\dir'],
  ['c:/a\\b/', 'x/y', 'C:\\a\\b\\x\\y'],
])('the working directory of Windows: %j, then %j, is %j', (before, workdir, after) => {
  const document = { os: 'windows', config: { WorkingDir: before } };
  expect(JSON.parse(edited(document, { workdir })).config).toEqual({ WorkingDir: after });
});

test.each([
  ['', 'C:'],
  ['', 'C:.'],
  ['', 'D:'],
  ['', 'c:a\\..'],
  ['c:', '\\a'],
  ['c:.', '\\a'],
  ['c:', 'C:\\a'],
])(
  'the working directory of Windows: %j, then %j, is refused: a drive is no directory',
  (before, workdir) => {
    const document = { os: 'windows', config: { WorkingDir: before } };
    expect(() => edited(document, { workdir })).toThrow(/is not a directory\. If you are specifying a drive/);
  },
);

test('author, time and platform are fields of the document', () => {
  const before = { architecture: 'arm', os: 'linux', variant: 'v7', created: 'x' };
  expect(
    JSON.parse(
      edited(before, {
        author: 'me',
        created: '1970-01-01T00:00:00Z',
        platform: { os: 'linux', architecture: 'amd64' },
      }),
    ),
  ).toEqual({ architecture: 'amd64', os: 'linux', created: '1970-01-01T00:00:00Z', author: 'me' });
});

test('os.version is removed with the operating system', () => {
  const before = { os: 'windows', 'os.version': '10.0', 'os.features': ['win32k'] };
  expect(JSON.parse(edited(before, { platform: { os: 'linux', architecture: 'amd64' } }))).toEqual({
    os: 'linux',
    architecture: 'amd64',
  });
});

test('missing or null execution parameters are created', () => {
  expect(edited('{"config":null,"x":1}', { user: 'a' })).toBe('{"config":{"User":"a"},"x":1}');
  expect(edited('{}', { setEnv: [['A', '1']] })).toBe('{"config":{"Env":["A=1"]}}');
  expect(
    edited('{"config":{"Env":null,"Labels":null,"Volumes":[]}}', {
      setEnv: [['A', '1']],
      setLabels: [['l', '']],
      addVolumes: ['/v'],
    }),
  ).toBe('{"config":{"Env":["A=1"],"Labels":{"l":""},"Volumes":{"/v":{}}}}');
});

test.each([
  ['[]', { user: 'a' }],
  ['{"config":[]}', { user: 'a' }],
  ['{"config":{"Env":{}}}', { setEnv: [['A', '1']] }],
  ['{"config":{"Env":"A=1"}}', { unsetEnv: ['A'] }],
  ['{"config":{"Env":[1]}}', { unsetEnv: ['A'] }],
  ['{"config":{"Labels":["a"]}}', { unsetLabels: ['a'] }],
  ['{"config":{"ExposedPorts":1}}', { unsetPorts: ['1'] }],
  ['{"config":{"Shell":"sh"}}', { cmd: { shell: 'x' } }],
  ['{"config":{"WorkingDir":1}}', { workdir: 'x' }],
] satisfies [string, ConfigEdits][])('hostile: %s is refused with a hint', (config, edits) => {
  expect(() => edited(config, edits)).toThrow(configError);
});

test('hostile: fields of the wrong type without edits are ignored', () => {
  expect(edited('{"config":{"Env":7,"Labels":[1]}}', { user: 'a' })).toBe(
    '{"config":{"Env":7,"Labels":[1],"User":"a"}}',
  );
});

test('hostile: names such as __proto__ are ordinary names', () => {
  const before = '{"config":{"Labels":{"__proto__":"x","constructor":"y"}}}';
  expect(edited(before, { unsetLabels: ['constructor'] })).toBe('{"config":{"Labels":{"__proto__":"x"}}}');
  expect(edited('{}', { setLabels: [['__proto__', 'v']] })).toBe('{"config":{"Labels":{"__proto__":"v"}}}');
});

test('hostile: a pattern with many stars is fast', () => {
  const labels = Object.fromEntries([['a'.repeat(20_000), 'x']]);
  const before = { config: { Labels: labels } };
  expect(edited(before, { unsetLabels: [`${'a*'.repeat(40)}b`] })).toBe(JSON.stringify(before));
});

test('a field in another case is edited under its own spelling; names of labels keep their case', () => {
  const before = '{"OS":"linux","Author":"a","Config":{"env":["A=1"],"user":"x","labels":{"A":"1","a":"2"}}}';
  const edits: ConfigEdits = {
    author: 'b',
    setEnv: [['B', '2']],
    user: 'y',
    setLabels: [['A', '3']],
    unsetLabels: ['a'],
  };
  expect(edited(before, edits)).toBe(
    '{"OS":"linux","Author":"b","Config":{"env":["A=1","B=2"],"user":"y","labels":{"A":"3"}}}',
  );
  expect(edited('{"author":"a","AUTHOR":"b"}', { author: 'c' })).toBe('{"AUTHOR":"c"}');
  expect(edited('{"author":"a","AUTHOR":"b"}', { author: null })).toBe('{}');
});
