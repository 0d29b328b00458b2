import { gzipSync } from 'node:zlib';
import { sha256 } from '@layers/testing/archive-builder';
import { archiveOfLayers } from './hostile-archive.ts';
import { END, fileEntry, header } from './tar-bytes.ts';
import { zstdRun } from './zstd-frames.ts';

/** The outcome of reading an archive in a new process. */
export interface Outcome {
  readonly error?: string;
  readonly entries?: number;
  readonly verified?: boolean;
  readonly megabytes: number;
  readonly seconds: number;
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Compresses `part` once and repeats the result: gzip allows several members. */
const gzipTimes = (part: Uint8Array, count: number): Buffer => {
  const member = gzipSync(part, { level: 1 });
  return Buffer.concat(times(count, () => member));
};

/** Returns a PAX record. Its length includes the length field. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length++;
  return `${length}${rest}`;
}

function withPax(records: string, name: string): Buffer {
  const body = Buffer.from(records);
  const head = fileEntry('PaxHeaders', body);
  head.set(header({ name: 'PaxHeaders', type: 'x', size: body.length }));
  return Buffer.concat([head, header({ name })]);
}

/** Returns files, each in its own directory, named by numbers of six digits. Fast enough for a million files. */
function distinct(tag: string, count: number): Buffer {
  const block = header({ name: `${tag}/000000/f` });
  const sum = Number.parseInt(block.toString('latin1', 148, 154), 8);
  const tar = Buffer.alloc(count * 512);
  for (let i = 0; i < count; i++) {
    const digits = String(i).padStart(6, '0');
    block.write(digits, tag.length + 1, 'latin1');
    let more = 0;
    for (const digit of digits) more += Number(digit);
    block.write((sum + more).toString(8).padStart(6, '0'), 148, 'latin1');
    block.copy(tar, i * 512);
  }
  return tar;
}
const same = Buffer.concat(times(4000, () => header({ name: 'x' })));

const xattr = withPax(record('SCHILY.xattr.user.a', 'z'.repeat(1_000_000)), 'x');
const xattrs = withPax(times(40_000, (i) => record(`SCHILY.xattr.u.${i.toString(36)}`, '')).join(''), 'x');
const sparseMap = withPax(
  record('GNU.sparse.size', '1000000000') +
    record('GNU.sparse.numblocks', '60000') +
    record('GNU.sparse.map', times(60_000, (i) => `${2 * i},0`).join(',')),
  'x',
);
const longPaths = Buffer.concat(
  times(200, (i) => withPax(record('path', `${'a/'.repeat(2040)}${1000 + i}`), 'x')),
);
const deepPath = withPax(record('path', `${'a/'.repeat(100_000)}a`), 'x');
const deepInLimits = Buffer.concat(
  times(60, (i) => withPax(record('path', `${String(i).repeat(2)}${'/a'.repeat(2030)}`), 'x')),
);

const config = (fields: object = {}): Buffer =>
  json({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] }, ...fields });
const dockerWith = (entries: unknown, ...members: readonly Buffer[]): Buffer =>
  Buffer.concat([fileEntry('manifest.json', json(entries)), ...members, END]);
const zeros = header({ name: 'zeros', size: 2 ** 29 });
const MIB = 1024 * 1024;

function nestedIndexes(): Buffer {
  const leaf = config();
  const type = 'application/vnd.oci.image';
  const descriptor = (mediaType: string, bytes: Buffer, name: string) => ({
    mediaType: `${type}.${mediaType}`,
    digest: `sha256:${sha256(bytes)}`,
    size: bytes.length,
    annotations: { 'org.opencontainers.image.ref.name': name },
  });
  const blobs = [
    leaf,
    json({ schemaVersion: 2, config: descriptor('config.v1+json', leaf, ''), layers: [] }),
  ];
  for (let level = 0; level < 6; level++) {
    const inner = blobs.at(-1) ?? leaf;
    const kind = level === 0 ? 'manifest.v1+json' : 'index.v1+json';
    blobs.push(
      json({ schemaVersion: 2, manifests: times(100, (i) => descriptor(kind, inner, `l${level}n${i}`)) }),
    );
  }
  return Buffer.concat([
    fileEntry('index.json', blobs.at(-1) ?? leaf),
    ...blobs.map((blob) => fileEntry(`blobs/sha256/${sha256(blob)}`, blob)),
    END,
  ]);
}

/** Small archives that need a lot of memory or time if nothing limits them. */
export interface Bomb {
  readonly make: () => Buffer;
  /** The code of the error, or properties of the result. */
  readonly ends: string | Partial<Outcome>;
  /** The operation; `inspect` by default. */
  readonly what?: string;
}

const LIMIT = 'ERR_LAYERS_LIMIT';

export const BOMBS: Readonly<Record<string, Bomb>> = {
  'a layer of 1,600,000 headers': { make: () => archiveOfLayers([gzipTimes(same, 400)]), ends: LIMIT },
  'three layers, each within the limits': {
    make: () => archiveOfLayers(times(3, (i) => gzipSync(distinct(`l${i}`, 230_000), { level: 1 }))),
    ends: LIMIT,
  },
  'a hundred layers with the same blob of many entries': {
    make: () => {
      const manifest = [{ Config: 'c', Layers: times(100, () => 'l') }];
      const layer = gzipTimes(same, 20);
      return dockerWith(manifest, fileEntry('c', config()), fileEntry('l', layer));
    },
    ends: LIMIT,
  },
  'xattrs of a megabyte that compress well': {
    make: () => archiveOfLayers([gzipTimes(xattr, 200)]),
    ends: LIMIT,
  },
  'xattrs of a megabyte in each of ten layers': {
    make: () =>
      archiveOfLayers(
        times(10, (i) => Buffer.concat([gzipSync(header({ name: `${i}` })), gzipTimes(xattr, 30)])),
      ),
    ends: LIMIT,
  },
  'forty thousand xattrs a file': { make: () => archiveOfLayers([gzipTimes(xattrs, 20)]), ends: LIMIT },
  'sparse maps of sixty thousand extents': {
    make: () => archiveOfLayers([gzipTimes(sparseMap, 40)]),
    ends: LIMIT,
  },
  '40,000 paths of two thousand parts': {
    make: () => archiveOfLayers([gzipTimes(longPaths, 200)]),
    ends: LIMIT,
  },
  'paths of 100,000 parts': {
    make: () => archiveOfLayers([gzipTimes(deepPath, 50)]),
    ends: { entries: 50 },
    what: 'tree',
  },
  'trees of 2,000 parts': {
    make: () => archiveOfLayers([gzipSync(deepInLimits)]),
    ends: { entries: 60 },
    what: 'tree',
  },
  'a list of 150,000 entries in as many directories': {
    make: () => archiveOfLayers([gzipSync(distinct('d', 150_000), { level: 1 })]),
    ends: { entries: 150_000 },
    what: 'list',
  },
  'a gzip layer of 500 kB that expands to 512 MB': {
    make: () => archiveOfLayers([Buffer.concat([gzipSync(zeros), gzipTimes(Buffer.alloc(16 * MIB), 32)])]),
    ends: { verified: false },
    what: 'verify',
  },
  'a zstd layer of 16 kB that expands to 512 MB': {
    make: () => archiveOfLayers([zstdRun(zeros, 4 * 1024)]),
    ends: { entries: 1 },
  },
  'a gzip archive of 500 kB that expands to 512 MB': {
    make: () => Buffer.concat([gzipSync(zeros), gzipTimes(Buffer.alloc(16 * MIB), 33)]),
    ends: 'ERR_LAYERS_NOT_AN_IMAGE',
  },
  'a zstd archive of 16 kB that expands to 512 MB': {
    make: () => zstdRun(zeros, 4 * 1024 + 1),
    ends: 'ERR_LAYERS_NOT_AN_IMAGE',
  },
  'a layer of 100,000 empty gzip members': {
    make: () => archiveOfLayers([gzipTimes(Buffer.alloc(0), 100_000)]),
    ends: { entries: 0 },
  },
  '210,000 files': {
    make: () => Buffer.concat([distinct('m', 210_000), END]),
    ends: LIMIT,
  },
  'a manifest of 900,000 layers': {
    make: () => dockerWith([{ Config: 'c', Layers: times(900_000, () => 'l') }], fileEntry('c', config())),
    ends: LIMIT,
  },
  'a manifest of 250,000 images': {
    make: () =>
      dockerWith(
        times(250_000, () => ({ Config: 'c' })),
        fileEntry('c', config()),
      ),
    ends: LIMIT,
  },
  'JSON of a million empty objects': {
    make: () => dockerWith({ a: times(490_000, () => ({})) }),
    ends: 'ERR_LAYERS_DOCKER_MANIFEST',
  },
  'a history of 480,000 steps': {
    make: () =>
      dockerWith([{ Config: 'c' }], fileEntry('c', config({ history: times(480_000, () => ({})) }))),
    ends: { entries: 0 },
  },
  'a name of 15 MB': {
    make: () => dockerWith([{ Config: 'x'.repeat(15 * MIB) }]),
    ends: 'ERR_LAYERS_CONFIG',
  },
  'indexes that each refer to a hundred indexes, six levels deep': { make: nestedIndexes, ends: LIMIT },
  'an index of 100,000 descriptors': {
    make: () =>
      Buffer.concat([
        fileEntry(
          'index.json',
          json({
            schemaVersion: 2,
            manifests: times(100_000, (i) => ({
              digest: `sha256:${i.toString(16).padStart(64, '0')}`,
              size: 1,
            })),
          }),
        ),
        END,
      ]),
    ends: LIMIT,
  },
  'a chain of 20,000 v1 layers': {
    make: () => {
      const ids = times(20_000, (i) => i.toString(16).padStart(64, '0'));
      return Buffer.concat([
        fileEntry('repositories', json({ r: { t: ids.at(-1) } })),
        ...ids.map((id, i) => fileEntry(`${id}/json`, json({ id, parent: ids[i - 1] ?? '' }))),
        END,
      ]);
    },
    ends: LIMIT,
  },
};
