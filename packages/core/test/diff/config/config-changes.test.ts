import { join } from 'node:path';
import { needsThat } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConfigChange, compareConfigs } from '../../../src/diff/config/config-changes.ts';
import { IGNORABLE, type Ignorable } from '../../../src/diff/ignorable.ts';
import { openArchive } from '../../../src/image/open-archive.ts';
import { parseJson } from '../../../src/oci/json.ts';

const compare = (a: unknown, b: unknown, ...ignore: Ignorable[]) =>
  compareConfigs(a, b, { ignore: new Set(ignore) });
const changes = (a: unknown, b: unknown, ...ignore: Ignorable[]) => compare(a, b, ...ignore).changes;
const inConfig = (a: object, b: object) => changes({ config: a }, { config: b });

describe('no difference', () => {
  test('the order of keys', () => {
    expect(
      changes(
        { os: 'linux', config: { User: 'a', Cmd: ['b'] } },
        JSON.parse('{"config":{"Cmd":["b"],"User":"a"},"os":"linux"}'),
      ),
    ).toEqual([]);
  });

  const zeros = [undefined, null, '', 0, false, [], {}];
  test.each(['config', 'unknown', 'os.features', 'rootfs'])(
    'zero values in %s, as Go writes or omits them',
    (field) => {
      for (const a of zeros)
        for (const b of zeros) expect(changes({ [field]: a }, { [field]: b })).toEqual([]);
    },
  );

  test.each(['Entrypoint', 'Cmd', 'OnBuild', 'Labels', 'Env', 'Volumes', 'Healthcheck', 'User', 'Tty'])(
    'zero values of config.%s',
    (field) => {
      for (const a of zeros)
        for (const b of zeros) expect(inConfig({ [field]: a }, { [field]: b })).toEqual([]);
    },
  );

  test('an object of zero values and an absent one', () => {
    expect(inConfig({}, { Healthcheck: { Test: null, Retries: 0, x: { y: [] } } })).toEqual([]);
    expect(changes({ config: null }, { config: { Hostname: '', Labels: {} } })).toEqual([]);
  });

  test('zero values and objects of them, at any depth', () => {
    const [a, b] = [{ y: { z: null } }, { y: '' }];
    for (const [x, y] of [
      [a, b],
      [b, a],
    ]) {
      expect(changes({ x: [x] }, { x: [y] })).toEqual([]);
      expect(inConfig({ Labels: x }, { Labels: y })).toEqual([]);
      expect(changes({ ['k'.repeat(101)]: x }, { ['k'.repeat(101)]: y })).toEqual([]);
    }
  });

  test('a port or volume whose value is null or {}', () => {
    expect(inConfig({ ExposedPorts: { '80/tcp': {} } }, { ExposedPorts: { '80/tcp': null } })).toEqual([]);
  });

  test('layers and history, which are compared elsewhere', () => {
    expect(
      changes(
        { rootfs: { type: 'layers', diff_ids: ['a'] }, history: [1] },
        { rootfs: { type: 'layers' }, history: [2] },
      ),
    ).toEqual([]);
  });
});

describe('a difference', () => {
  test('a field of one side only', () => {
    expect(changes({}, { variant: 'v8' })).toEqual([{ field: 'variant', change: 'added', b: 'v8' }]);
    expect(changes({ 'os.version': '10' }, { 'os.version': '' })).toEqual([
      { field: 'os.version', change: 'removed', a: '10', b: '' },
    ]);
  });

  test('a list in another order, as a whole', () => {
    expect(inConfig({ Cmd: ['a', 'b'] }, { Cmd: ['b', 'a'] })).toEqual([
      { field: 'config.Cmd', change: 'changed', a: ['a', 'b'], b: ['b', 'a'] },
    ]);
  });

  test('elements that would be zero values elsewhere', () => {
    expect(inConfig({ Cmd: [''] }, {})).toEqual([{ field: 'config.Cmd', change: 'removed', a: [''] }]);
    expect(inConfig({ Cmd: [''] }, { Cmd: [null] })).toHaveLength(1);
    expect(changes({ x: [{ y: null }] }, { x: [{}] })).toEqual([]);
    expect(changes({ x: [{}] }, { x: [[]] })).toHaveLength(1);
    expect(changes({ x: [[]] }, { x: [] })).toHaveLength(1);
  });

  test('a field of an inner object, by its dotted name', () => {
    expect(
      inConfig({ Healthcheck: { Test: ['CMD', 'a'], Retries: 3 } }, { Healthcheck: { Test: ['CMD', 'a'] } }),
    ).toEqual([{ field: 'config.Healthcheck.Retries', change: 'removed', a: 3 }]);
    expect(inConfig({}, { Healthcheck: { Test: ['NONE'] } })).toEqual([
      { field: 'config.Healthcheck.Test', change: 'added', b: ['NONE'] },
    ]);
  });

  test('a value of another type with the same text', () => {
    expect(changes({ x: 1 }, { x: '1' })).toEqual([{ field: 'x', change: 'changed', a: 1, b: '1' }]);
    expect(changes({ x: { 0: 'a' } }, { x: ['a'] })).toEqual([
      { field: 'x', change: 'changed', a: { 0: 'a' }, b: ['a'] },
    ]);
  });

  test('a stop timeout of 0, which means kill immediately, and the default', () => {
    expect(inConfig({ StopTimeout: 0 }, {})).toEqual([
      { field: 'config.StopTimeout', change: 'removed', a: 0 },
    ]);
    expect(inConfig({ StopTimeout: 0 }, { StopTimeout: 10 })).toEqual([
      { field: 'config.StopTimeout', change: 'changed', a: 0, b: 10 },
    ]);
    expect(inConfig({ StopTimeout: null }, {})).toEqual([]);
  });

  test('other fields of rootfs', () => {
    expect(changes({ rootfs: { type: 'layers' } }, { rootfs: { type: 'layers', base: 'x' } })).toEqual([
      { field: 'rootfs.base', change: 'added', b: 'x' },
    ]);
  });

  test('documents that are not objects', () => {
    expect(changes('a', ['a'])).toEqual([{ field: '', change: 'changed', a: 'a', b: ['a'] }]);
  });
});

describe('collections', () => {
  test('labels by key, also those without a value', () => {
    expect(
      inConfig(
        { Labels: { same: '1', gone: '', other: 'a' } },
        { Labels: { other: 'b', same: '1', new: '' } },
      ),
    ).toEqual([
      { field: 'config.Labels', key: 'gone', change: 'removed', a: '' },
      { field: 'config.Labels', key: 'new', change: 'added', b: '' },
      { field: 'config.Labels', key: 'other', change: 'changed', a: 'a', b: 'b' },
    ]);
    expect(inConfig({}, { Labels: { a: '' } })).toEqual([
      { field: 'config.Labels', key: 'a', change: 'added', b: '' },
    ]);
  });

  test('ports and volumes by key', () => {
    expect(inConfig({ ExposedPorts: { '80/tcp': {} } }, { Volumes: { '/data': {} } })).toEqual([
      { field: 'config.ExposedPorts', key: '80/tcp', change: 'removed', a: {} },
      { field: 'config.Volumes', key: '/data', change: 'added', b: {} },
    ]);
  });

  test('a value that is not an object is compared as a whole', () => {
    expect(inConfig({ Labels: ['a'] }, { Labels: { a: '' } })).toEqual([
      { field: 'config.Labels', change: 'changed', a: ['a'], b: { a: '' } },
    ]);
  });
});

describe('environments', () => {
  const env = (a: unknown, b: unknown) => inConfig({ Env: a }, { Env: b });

  test('are compared by variable, split at the first =', () => {
    expect(env(['PATH=/bin', 'GONE=', 'X=a=b'], ['NEW=', 'PATH=/bin', 'X=a=c'])).toEqual([
      { field: 'config.Env', key: 'GONE', change: 'removed', a: '' },
      { field: 'config.Env', key: 'NEW', change: 'added', b: '' },
      { field: 'config.Env', key: 'X', change: 'changed', a: 'a=b', b: 'a=c' },
    ]);
  });

  test('are one change in another order', () => {
    expect(env(['A=1', 'B=2'], ['B=2', 'A=1'])).toEqual([
      { field: 'config.Env', change: 'changed', a: ['A=1', 'B=2'], b: ['B=2', 'A=1'] },
    ]);
  });

  test('use the last of equal names', () => {
    expect(env(['A=1', 'A=2'], ['A=3'])).toEqual([
      { field: 'config.Env', key: 'A', change: 'changed', a: '2', b: '3' },
    ]);
    expect(env(['A=1', 'A=2'], ['A=2'])).toEqual([
      { field: 'config.Env', change: 'changed', a: ['A=1', 'A=2'], b: ['A=2'] },
    ]);
  });

  test.each([[['']], [['A']], [['=A']], [[1]], ['A=1'], [{ A: '1' }]])('%j is compared as a whole', (odd) => {
    expect(env(odd, ['A=1'])).toEqual([{ field: 'config.Env', change: 'changed', a: odd, b: ['A=1'] }]);
    expect(env(undefined, odd)).toHaveLength(1);
    expect(env(odd, structuredClone(odd))).toEqual([]);
  });

  test('accept names that are special in JavaScript', () => {
    expect(env(['__proto__=1'], ['constructor=1'])).toEqual([
      { field: 'config.Env', key: '__proto__', change: 'removed', a: '1' },
      { field: 'config.Env', key: 'constructor', change: 'added', b: '1' },
    ]);
  });
});

describe('ignored', () => {
  const builder: [object, object][] = [
    [{ docker_version: '18' }, { docker_version: '20' }],
    [{ container: 'a' }, {}],
    [
      { id: 'a', parent: 'b' },
      { id: 'c', parent: 'b' },
    ],
    [{ container_config: { Cmd: ['a'] } }, { container_config: { Cmd: ['b'] } }],
    [{ container_config: { Labels: { 'build-date': '1' } } }, {}],
    [{ 'moby.buildkit.buildinfo.v1': 'e30=' }, {}],
    [{ 'moby.buildkit.cache.v0': { x: 1 } }, {}],
    ...['Hostname', 'Domainname', 'Image'].map((of): [object, object] => [
      { config: { [of]: 'a' } },
      { config: {} },
    ]),
    ...['AttachStdin', 'AttachStdout', 'AttachStderr', 'OpenStdin', 'StdinOnce', 'Tty'].map(
      (of): [object, object] => [{ config: { [of]: true } }, { config: { [of]: false } }],
    ),
    [
      { config: { Labels: { 'io.buildah.version': '1.28' } } },
      { config: { Labels: { 'io.buildah.version': '1.33' } } },
    ],
  ];

  test.each(builder)('as builder: %j', (a, b) => {
    expect(changes(a, b)).toHaveLength(1);
    expect(compare(a, b, 'builder')).toEqual({ changes: [], ignored: new Map([['builder', 1]]) });
    expect(changes(a, b, 'created')).toHaveLength(1);
  });

  test.each<[object, object]>([
    [{ created: '2020-01-01T00:00:00Z' }, { created: '2021-01-01T00:00:00Z' }],
    [{ config: { Labels: { 'org.opencontainers.image.created': 'a' } } }, { config: {} }],
    [{ config: { Labels: { 'org.label-schema.build-date': 'a' } } }, { config: { Labels: null } }],
  ])('as created: %j', (a, b) => {
    expect(changes(a, b, 'builder')).toHaveLength(1);
    expect(compare(a, b, 'created')).toEqual({ changes: [], ignored: new Map([['created', 1]]) });
  });

  test.each<[object, object]>([
    [{ author: 'a' }, {}],
    [{ comment: 'a' }, {}],
    [{ architecture: 'amd64' }, { architecture: 'arm64' }],
    [{ config: { ArgsEscaped: true } }, {}],
    [{ config: { User: 'root' } }, {}],
    [{ config: { Labels: { 'org.opencontainers.image.revision': 'a' } } }, {}],
    [{ config: { Labels: { created: 'a' } } }, {}],
    [{ config: { created: 'a' } }, {}],
    [{ moby: { buildkit: 1 } }, {}],
  ])('never: %j', (a, b) => {
    expect(changes(a, b, ...IGNORABLE.filter((of) => of !== 'config'))).toHaveLength(1);
  });

  test('all changes as config; only the requested kinds', () => {
    const a = { created: '1', docker_version: '1', author: '1' };
    const b = { created: '2', docker_version: '2', author: '2' };
    expect(compare(a, b, 'config', 'created').ignored).toEqual(new Map([['config', 3]]));
    expect(compare(a, b, 'created', 'builder')).toEqual({
      changes: [{ field: 'author', change: 'changed', a: '1', b: '2' }],
      ignored: new Map([
        ['created', 1],
        ['builder', 1],
      ]),
    });
    expect(compare(a, a, 'config').ignored).toEqual(new Map());
  });
});

describe('hostile documents', () => {
  const json = (text: string): unknown => parseJson(Buffer.from(text), 'config');

  test('keys of the prototype of objects', () => {
    expect(changes(json('{"__proto__": {"a": 1}, "config": {"Labels": {"__proto__": "x"}}}'), {})).toEqual([
      { field: '__proto__.a', change: 'removed', a: 1 },
      { field: 'config.Labels', key: '__proto__', change: 'removed', a: 'x' },
    ]);
    expect(changes({ constructor: 'x' }, {})).toEqual([{ field: 'constructor', change: 'removed', a: 'x' }]);
    expect(changes({ x: [{ toString: 1 }] }, { x: [{}] })).toHaveLength(1);
    expect(changes(json('{"__proto__": 1}'), json('{"__proto__": 1}'))).toEqual([]);
  });

  test('deep nesting does not create long field names', () => {
    const nested = (depth: number, key: string, value: number): string =>
      `{"${key}":`.repeat(depth) + value + '}'.repeat(depth);
    for (const key of ['', 'k', 'k'.repeat(10_000)]) {
      const found = changes(json(nested(199, key, 1)), json(nested(199, key, 2)));
      expect(found).toHaveLength(1);
      expect(found[0]?.field.length).toBeLessThan(key.length * 2 + 200);
    }
  });

  test('many values are all compared', () => {
    const count = 200_000;
    const of = (value: number) =>
      json(`{${Array.from({ length: count }, (_, i) => `"k${i}":${value}`).join(',')}}`);
    expect(changes(of(1), of(2))).toHaveLength(count);
  });
});

describe('for all documents', () => {
  const key = fc.constantFrom(
    'a',
    'b',
    '',
    'config',
    'Labels',
    'Env',
    'rootfs',
    'history',
    'created',
    '__proto__',
    'StopTimeout',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, '', 0, false, true, 1, 'x', 'A=1', 'B=2'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  const document = fc.record(
    { config: value, rootfs: value, a: value, created: value },
    { requiredKeys: [] },
  );
  const swapped: Record<ConfigChange['change'], ConfigChange['change']> = {
    added: 'removed',
    removed: 'added',
    changed: 'changed',
  };
  const mirrored = (all: readonly ConfigChange[]) =>
    all.map(({ a, b, change, ...place }) => ({ ...place, change: swapped[change], a: b, b: a }));

  test('a config does not differ from itself', () => {
    fc.assert(
      fc.property(document, (a) => {
        expect(changes(a, structuredClone(a))).toEqual([]);
      }),
      { numRuns: runs(300, 10_000) },
    );
  });

  test('swapping A and B swaps the changes', () => {
    fc.assert(
      fc.property(document, document, (a, b) => {
        expect(changes(b, a)).toEqual(mirrored(changes(a, b)));
      }),
      { numRuns: runs(300, 10_000) },
    );
  });

  test('changes are sorted by field and key', () => {
    fc.assert(
      fc.property(document, document, (a, b) => {
        const places = changes(a, b).map(({ field, key: of }) => [field, of ?? ''] as const);
        const sorted = places.toSorted((x, y) =>
          x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : x[1] < y[1] ? -1 : x[1] > y[1] ? 1 : 0,
        );
        expect(places).toEqual(sorted);
      }),
      { numRuns: runs(300, 10_000) },
    );
  });
});

describe('real configs', () => {
  const configOf = async (name: string): Promise<unknown> => {
    const archive = await openArchive({ path: join(imagesFolder ?? '', name) });
    return parseJson(archive.images[0]?.configBytes ?? Buffer.from('null'), name);
  };

  test(
    'of a committed container and its base',
    needsThat(imagesFolder !== undefined, NO_REAL_ARCHIVES),
    async () => {
      const a = await configOf('containerd-alpine-3.14.tar');
      const b = await configOf('docker20-alpine-modifiee.tar');
      const { changes: found, ignored } = compare(a, b, 'builder', 'created');
      expect(found).toEqual([
        {
          field: 'config.Cmd',
          change: 'changed',
          a: ['/bin/sh'],
          b: ['sh', '-c', 'cat /etc/alpine-release; touch /tmp/mon-fichier.txt'],
        },
      ]);
      expect(ignored).toEqual(
        new Map([
          ['created', 1],
          ['builder', 11],
        ]),
      );
    },
  );

  test(
    'of the same content in two compressions',
    needsThat(imagesFolder !== undefined, NO_REAL_ARCHIVES),
    async () => {
      const [a, b] = [await configOf('oci-gzip-layer.tar'), await configOf('oci-zstd-layer.tar')];
      expect(changes(a, b)).toEqual([]);
    },
  );
});
