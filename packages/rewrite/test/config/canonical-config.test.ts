import { describe, expect, it } from 'vitest';
import { canonicalAnnotations, canonicalConfig } from '../../src/config/canonical-config.ts';
import { canonicalTime } from '../../src/config/canonical-time.ts';

const LATEST = Date.UTC(2024, 0, 1) / 1000;
const bytes = (document: unknown): Buffer =>
  Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
const canonical = (document: unknown): string =>
  Buffer.from(canonicalConfig(bytes(document), LATEST)).toString();
const EMPTY = '"config":{},"rootfs":{"diff_ids":[],"type":"layers"}';

describe('canonicalConfig', () => {
  it('sorts keys, normalises strings and keeps numbers', () => {
    const document =
      '{ "z": 18446744073709551616, "a": {"c": 1.0, "b": [1e2, "\\u003c\\u00e9"]}, "\\u006d": null }';
    expect(canonical(document)).toBe(
      `{"a":{"b":[1e2,"<é"],"c":1.0},${EMPTY.slice(0, 11)},"m":null,${EMPTY.slice(12)},"z":18446744073709551616}`,
    );
  });

  it('gives fields in another case their usual spelling', () => {
    const odd = { rootFS: { Type: 'layers', diff_IDs: [] }, Config: { env: ['A=1'], Labels: { Env: '' } } };
    const usual = { rootfs: { type: 'layers', diff_ids: [] }, config: { Env: ['A=1'], Labels: { Env: '' } } };
    expect(canonical(odd)).toBe(canonical(usual));
  });

  it('removes fields of the builder and keeps unknown fields', () => {
    const document = {
      docker_version: '20.10',
      container: 'abc',
      container_config: { Cmd: ['x'] },
      id: '1',
      parent: '2',
      'moby.buildkit.buildinfo.v1': 'x',
      author: 'me',
      unknown: false,
      config: {
        Hostname: 'h',
        Domainname: 'd',
        Image: 'sha256:1',
        AttachStdin: true,
        Tty: true,
        Env: ['A=1'],
        Unknown: '',
        Labels: { 'io.buildah.version': '1', 'build-date': '20250102', mine: '' },
      },
    };
    expect(JSON.parse(canonical(document))).toEqual({
      author: 'me',
      unknown: false,
      config: { Env: ['A=1'], Unknown: '', Labels: { 'build-date': '2024-01-01T00:00:00Z', mine: '' } },
      rootfs: { type: 'layers', diff_ids: [] },
    });
  });

  it('removes empty fields without meaning and keeps those with one', () => {
    const full = {
      author: '',
      created: null,
      history: [],
      config: {
        Cmd: null,
        Env: [],
        User: '',
        ArgsEscaped: false,
        Labels: null,
        Volumes: {},
        Healthcheck: { Retries: 0 },
      },
    };
    expect(canonical(full)).toBe(canonical({}));
    expect(canonical({ config: { ExposedPorts: { '80/tcp': null } } })).toContain(
      '{"ExposedPorts":{"80/tcp":{}}}',
    );
    expect(canonical({ config: { StopTimeout: 0, Cmd: [''] } })).toContain('{"Cmd":[""],"StopTimeout":0}');
  });

  it('limits times, also in the history, and removes builder marks there', () => {
    const document = {
      created: '2024-06-01T00:00:00.5+02:00',
      history: [
        {
          created: '2023-06-01T00:00:00.999Z',
          created_by: 'a',
          comment: 'buildkit.dockerfile.v0',
          empty_layer: false,
        },
        { created: '2025-01-01T00:00:00Z', author: 'kaniko', comment: 'mine', empty_layer: true },
        { created_by: 'b', author: 'someone', extra: 1 },
      ],
    };
    const { created, history } = JSON.parse(canonical(document));
    expect(created).toBe('2024-01-01T00:00:00Z');
    expect(history).toEqual([
      { created: '2023-06-01T00:00:00Z', created_by: 'a' },
      { created: '2024-01-01T00:00:00Z', comment: 'mine', empty_layer: true },
      { created_by: 'b', author: 'someone', extra: 1 },
    ]);
  });

  it('is idempotent', () => {
    const document = {
      created: '2025-01-01T00:00:00Z',
      config: { Labels: { b: '1', a: '2' } },
      history: [{}],
    };
    expect(canonical(canonical(document))).toBe(canonical(document));
  });

  it('takes the last value of a repeated key', () => {
    expect(
      canonical('{"author":"a","author":"","config":{"User":"","User":"7"},"config":{"User":"8"}}'),
    ).toBe('{"config":{"User":"8"},"rootfs":{"diff_ids":[],"type":"layers"}}');
  });

  it.each([
    '[]',
    '{"config":1}',
    '{"history":{}}',
    '{"history":[1]}',
    '{"rootfs":[]}',
    '{"config":{"Labels":[1]}}',
  ])('refuses a field of the wrong type: %s', (document) => {
    expect(() => canonical(document)).toThrow(expect.objectContaining({ code: 'ERR_LAYERS_CONFIG' }));
  });
});

describe('canonicalAnnotations', () => {
  it('removes the builder and limits times', () => {
    const annotations = new Map([
      ['org.opencontainers.image.created', '2025-01-01T00:00:00Z'],
      ['io.buildah.version', '1.30'],
      ['mine', '2025-01-01T00:00:00Z'],
    ]);
    expect([...canonicalAnnotations(annotations, LATEST)]).toEqual([
      ['org.opencontainers.image.created', '2024-01-01T00:00:00Z'],
      ['mine', '2025-01-01T00:00:00Z'],
    ]);
  });
});

describe('canonicalTime', () => {
  it.each([
    ['2020-02-03T04:05:06Z', '2020-02-03T04:05:06Z'],
    ['2020-02-03T04:05:06.999999999Z', '2020-02-03T04:05:06Z'],
    ['2020-02-03T04:05:06+02:00', '2020-02-03T02:05:06Z'],
    ['2020-02-03 04:05:06+0200', '2020-02-03T02:05:06Z'],
    ['2020-02-03T04:05:06.123', '2020-02-03T04:05:06Z'],
    ['20200203', '2020-02-03T00:00:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['1969-12-31T23:59:59.9Z', '1969-12-31T23:59:59Z'],
    ['9999-12-31T23:59:59Z', '2024-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59-12:00', '2024-01-01T00:00:00Z'],
    ['0000-01-01T00:00:00+12:00', '0000-01-01T00:00:00+12:00'],
    ['2020-13-45T00:00:00Z', '2020-13-45T00:00:00Z'],
    ['yesterday', 'yesterday'],
    ['', ''],
  ])('of %s is %s', (text, expected) => {
    expect(canonicalTime(text, LATEST)).toBe(expected);
  });
});
