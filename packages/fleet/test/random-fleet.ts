import { createHash } from 'node:crypto';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { type ArchiveForm, buildDockerArchive } from '@layers/testing/archive-builder';
import { latin1, naiveUnion } from '@layers/testing/naive-union';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';

/** A layer as entries. Equal layers of a fleet are the same object. */
export type SpecLayer = readonly EntrySpec[];

/** An archive of images. */
export interface SpecArchive {
  readonly form: ArchiveForm;
  readonly gzip: boolean;
  readonly images: readonly SpecImage[];
}

export interface SpecImage {
  readonly tags: readonly string[];
  readonly layers: readonly SpecLayer[];
}

/** What /etc/os-release says in layers that have it. */
const RELEASES = [
  'ID=alpine\nVERSION_ID=3.19.1\n',
  'ID="alpine"\nVERSION_ID=3.19.4\n',
  'ID=debian\nVERSION_ID="12"\n',
];

/** Parts of long files, so that some of their chunks are the same. */
const PARTS = [3000, 9000, 20_000, 30_000].map((length, seed) => noise(length, String(seed)));

const longFile = fc.option(
  fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 4 }).map((parts) => Buffer.concat(parts)),
  { nil: null, freq: 2 },
);

const DEBS = ['openssl 3.0.11-1', 'bash 5.2', 'zlib1g 1.2', 'openssl 3.0.13-1'];
const MODULES = ['ramp 1.0.0', 'ramp 1.1.0', 'sluice 3.0.11'];

const NONE: fc.Arbitrary<string[]> = fc.constant([]);

/** Files that say what is installed; most layers have none. */
const records: fc.Arbitrary<readonly EntrySpec[]> = fc
  .record({
    release: fc.option(fc.constantFrom(...RELEASES), { nil: null }),
    debs: fc.oneof(NONE, NONE, fc.subarray(DEBS)),
    modules: fc.oneof(NONE, NONE, fc.subarray(MODULES)),
  })
  .map(({ release, debs, modules }) => [
    ...(release === null ? [] : [text('etc/os-release', release)]),
    ...(debs.length === 0 ? [] : [text('var/lib/dpkg/status', onePerName(debs).map(paragraphOf).join('\n'))]),
    ...modules.map((module) => {
      const [name = '', version = ''] = module.split(' ');
      return text(`srv/node_modules/${name}/package.json`, JSON.stringify({ name, version }));
    }),
  ]);

function onePerName(debs: readonly string[]): string[] {
  return [...new Map(debs.map((deb) => [deb.split(' ')[0], deb])).values()];
}

function paragraphOf(deb: string): string {
  const [name = '', version = ''] = deb.split(' ');
  return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
}

function text(path: string, content: string): EntrySpec {
  return { path, data: Buffer.from(content) };
}

/** Layers, some of them of a distribution or with packages, and some with a long file. */
const layerPool: fc.Arbitrary<readonly SpecLayer[]> = layerStack.chain((stack) =>
  fc.tuple(
    ...stack.map((layer) =>
      fc
        .tuple(records, longFile)
        .map(([files, long]) => [
          ...files,
          ...(long === null ? [] : [{ path: 'long', data: long }]),
          ...layer,
        ]),
    ),
  ),
);

/** Archives whose images share layers: some have the same lower layers, some the same layers in another order. */
export const randomFleet: fc.Arbitrary<readonly SpecArchive[]> = layerPool.chain((pool) => {
  const image = fc.record({
    tags: fc.subarray(['app:1', 'app:2', 'app:10', 'web:1', 'db:3']),
    layers: fc.oneof(
      fc.nat(pool.length - 1).map((last) => pool.slice(0, last + 1)),
      fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 4 }),
    ),
  });
  return fc.array(
    fc.record({
      form: fc.constantFrom<ArchiveForm>('hybrid', 'oci', 'legacy'),
      gzip: fc.boolean(),
      images: fc.array(image, { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  );
});

/** When an image was created, by its position in its archive. */
export function createdOf(position: number): string {
  return new Date(position * 1000).toISOString();
}

/** When a layer was made. Different layers have different times. */
export function madeAt(layer: SpecLayer): string {
  const hash = createHash('sha256').update(buildTar(layer)).digest();
  return new Date(hash.readUInt32BE() * 1000).toISOString();
}

export function archiveOf({ form, gzip, images }: SpecArchive): Buffer {
  const specs = images.map(({ tags, layers }, i) => ({
    tags,
    layers: layers.map(buildTar),
    // Images of an archive that are the same in everything are one image.
    config: {
      created: createdOf(i),
      history: layers.map((layer) => ({ created: madeAt(layer), created_by: 'RUN true' })),
    },
  }));
  return buildDockerArchive({ images: specs }, { form, compression: gzip ? 'gzip' : null });
}

/** The first 32 digits of the SHA-256 of the bytes of a file, holes included. */
export function contentOf(spec: EntrySpec): string {
  return createHash('sha256').update(bytesOf(spec)).digest('hex').slice(0, 32);
}

/** The bytes of a file, holes included. */
export function bytesOf({ data = new Uint8Array(0), sparse }: EntrySpec): Uint8Array {
  const whole = sparse === undefined ? data : Buffer.alloc(sparse.realSize);
  let from = 0;
  for (const [offset, length] of sparse?.extents ?? []) {
    whole.set(data.subarray(from, from + length), offset);
    from += length;
  }
  return whole;
}

/** Bytes that look random, but are the same each time. */
export function noise(length: number, seed: string): Buffer {
  return createHash('shake256', { outputLength: length + 1 })
    .update(seed)
    .digest()
    .subarray(0, length);
}

/** `PATH TYPE SIZE CONTENT` of each path of an image that an entry describes, unpacked by the simple model. */
export function unpacked(layers: readonly SpecLayer[]): string[] {
  return [...naiveUnion(layers).tree]
    .flatMap(([path, { from, type, size }]) => {
      const spec = from === null ? undefined : layers[from.layer]?.[from.entry];
      if (spec === undefined) return [];
      return [`${path} ${type} ${size} ${type === 'file' ? contentOf(spec) : '-'}`];
    })
    .sort();
}

/** Text of a path as rows have it: `path`, and its bytes in base64 where they are not UTF-8. */
export function pathOf(path: unknown, base64: unknown): string {
  const bytes = typeof base64 === 'string' ? Buffer.from(base64, 'base64') : Buffer.from(String(path));
  const text = latin1(bytes);
  return text === '/' ? '' : text;
}
