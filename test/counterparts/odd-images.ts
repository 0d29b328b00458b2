import { gzipSync } from 'node:zlib';
import { sha256 } from '@layers/testing/archive-builder';
import { buildEntry, buildTar, type EntrySpec, sealHeader } from '@layers/testing/tar-builder';

/**
 * What another program does with an image. `same`: it gets the root file system that `layers` shows. `differs`: it gets
 * another one. `refuses`: it fails.
 */
export type Verdict = 'same' | 'differs' | 'refuses';

export const PROGRAMS = ['docker', 'podman', 'containerd', 'skopeo', 'umoci'] as const;
export type Program = (typeof PROGRAMS)[number];

/** An image that programs read in different ways, or refuse. */
export interface OddImage {
  readonly name: string;
  /** The code of the finding that `layers` reports; several in the order of their names; null for none. */
  readonly code: string | readonly string[] | null;
  readonly archive: () => Buffer;
  readonly verdicts: Readonly<Record<Program, Verdict>>;
}

/** A layer as it is stored, and its tar. */
interface Blob {
  readonly stored: Buffer;
  readonly tar: Buffer;
  readonly mediaType?: string;
}

interface Texts {
  /** Changes the text of the config. */
  readonly config?: (text: string) => string | Buffer;
  /** Changes the text of `manifest.json`. */
  readonly manifest?: (text: string) => string;
}

const OCI = 'application/vnd.oci.image';

/** Returns a hybrid archive of one image with the tag `odd:1`. */
function hybrid(layers: readonly Blob[], { config = same, manifest = same }: Texts = {}): Buffer {
  const configBytes = Buffer.from(
    config(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        config: { Cmd: ['none'] },
        rootfs: { type: 'layers', diff_ids: layers.map(({ tar }) => `sha256:${sha256(tar)}`) },
        history: layers.map((_, position) => ({ created_by: `layer ${position}` })),
      }),
    ),
  );
  const descriptor = (bytes: Buffer, mediaType: string) => ({
    mediaType,
    digest: `sha256:${sha256(bytes)}`,
    size: bytes.length,
  });
  const manifestBytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: descriptor(configBytes, `${OCI}.config.v1+json`),
      layers: layers.map(({ stored, mediaType = `${OCI}.layer.v1.tar` }) => descriptor(stored, mediaType)),
    }),
  );
  const index = {
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor(manifestBytes, `${OCI}.manifest.v1+json`),
        annotations: {
          'io.containerd.image.name': 'docker.io/library/odd:1',
          'org.opencontainers.image.ref.name': '1',
        },
      },
    ],
  };
  const entry = {
    Config: blobPath(configBytes),
    RepoTags: ['odd:1'],
    Layers: layers.map(({ stored }) => blobPath(stored)),
  };
  const blobs = new Map(
    [configBytes, manifestBytes, ...layers.map(({ stored }) => stored)].map((data) => [blobPath(data), data]),
  );
  return buildTar([
    ...[...blobs].map(([path, data]) => ({ path, data })),
    { path: 'index.json', data: Buffer.from(JSON.stringify(index)) },
    { path: 'manifest.json', data: Buffer.from(manifest(JSON.stringify([entry]))) },
    { path: 'oci-layout', data: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
  ]);
}

const same = (text: string): string => text;
const blobPath = (bytes: Buffer): string => `blobs/sha256/${sha256(bytes)}`;
const raw = (tar: Buffer): Blob => ({ stored: tar, tar });
const plain = (...layers: readonly (readonly EntrySpec[])[]): Buffer =>
  hybrid(layers.map((entries) => raw(buildTar(entries))));

const TIME = 1_700_000_000;
const file = (path: string, content = path): EntrySpec => ({ path, data: Buffer.from(content), mtime: TIME });
const directory = (path: string): EntrySpec => ({ path, type: 'directory', mtime: TIME });
const symlink = (path: string, linkpath: string): EntrySpec => ({
  path,
  type: 'symlink',
  linkpath,
  mtime: TIME,
});
const link = (path: string, linkpath: string): EntrySpec => ({ path, type: 'link', linkpath, mtime: TIME });
const whiteout = (path: string): EntrySpec => ({ path, mtime: TIME });
const device = (path: string, devmajor: number, devminor: number): EntrySpec => ({
  path,
  type: 'char',
  devmajor,
  devminor,
  mtime: TIME,
});

/** Returns an entry with another type byte. */
function typed(entry: EntrySpec, type: string): Buffer {
  const bytes = buildEntry(entry);
  bytes.write(type, 156, 'latin1');
  sealHeader(bytes.subarray(0, 512));
  return bytes;
}

const END = Buffer.alloc(1024);
const tarOf = (...entries: readonly (EntrySpec | Buffer)[]): Buffer =>
  Buffer.concat([...entries.map((entry) => (Buffer.isBuffer(entry) ? entry : buildEntry(entry))), END]);

/** A global PAX header with these records. */
function globalHeader(records: string): Buffer {
  return typed(file('pax_global_header', records), 'g');
}

/** A PAX header with these records. */
const paxHeader = (records: string): Buffer => typed(file('PaxHeaders/x', records), 'x');

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function record(text: string): string {
  const length = text.length + 2;
  return `${length + String(length + 1).length} ${text}\n`;
}

const GZIP_TYPE = `${OCI}.layer.v1.tar+gzip`;
const gzipped = (tar: Buffer, after = Buffer.alloc(0)): Blob => ({
  stored: Buffer.concat([gzipSync(tar), after]),
  tar,
  mediaType: GZIP_TYPE,
});

const all = (verdict: Verdict, others: Partial<Record<Program, Verdict>> = {}) => ({
  docker: verdict,
  podman: verdict,
  containerd: verdict,
  skopeo: verdict,
  umoci: verdict,
  ...others,
});

const BASE = [directory('d/'), file('d/a'), file('b')];

export const ODD_IMAGES: readonly OddImage[] = [
  {
    name: 'an ordinary image',
    code: null,
    archive: () => plain(BASE, [whiteout('d/.wh.a')]),
    verdicts: all('same'),
  },
  {
    name: 'a whiteout below the whiteout of its directory',
    code: 'whiteout-below-whiteout',
    archive: () => plain(BASE, [whiteout('.wh.d'), whiteout('d/.wh.a')]),
    verdicts: all('refuses', { podman: 'differs', skopeo: 'same', umoci: 'same' }),
  },
  {
    name: 'a whiteout of a directory after one below it',
    code: 'whiteout-below-whiteout',
    // podman has no overlay here. With overlay it refuses the layer.
    archive: () => plain(BASE, [whiteout('d/.wh.a'), whiteout('.wh.d')]),
    verdicts: all('same', { docker: 'refuses', containerd: 'refuses' }),
  },
  {
    // The others follow the symlink and delete `/e/a`.
    name: 'a symlink and a whiteout below it',
    code: 'whiteout-below-file',
    archive: () => plain([...BASE, directory('e/'), file('e/a')], [symlink('d', 'e'), whiteout('d/.wh.a')]),
    verdicts: all('differs', { docker: 'refuses', skopeo: 'same' }),
  },
  {
    name: 'a file and a whiteout below it',
    code: 'whiteout-below-file',
    archive: () => plain(BASE, [file('d'), whiteout('d/.wh.a')]),
    verdicts: all('refuses', { skopeo: 'same', umoci: 'same' }),
  },
  {
    name: 'an opaque marker below a file of a lower layer',
    code: 'whiteout-below-file',
    archive: () => plain(BASE, [whiteout('b/.wh..wh..opq')]),
    verdicts: all('differs', { podman: 'same', skopeo: 'same', umoci: 'same' }),
  },
  {
    name: 'a change in a directory that the layer has no entry for',
    code: 'parent-without-entry',
    archive: () => plain([{ ...directory('d/'), mode: 0o700, uid: 5 }], [file('d/a')]),
    verdicts: all('same', { docker: 'differs' }),
  },
  {
    name: 'a hard link with another mode and owner',
    code: 'link-attributes',
    archive: () =>
      plain([
        { ...file('a'), mode: 0o755 },
        { ...link('b', 'a'), mode: 0o4755, uid: 5 },
      ]),
    verdicts: all('same', { umoci: 'differs' }),
  },
  {
    name: 'a hard link with another owner to a symlink',
    code: 'link-attributes',
    archive: () => plain([symlink('s', 'x'), { ...link('t', 's'), uid: 5, mode: 0o700 }]),
    verdicts: all('same', { umoci: 'differs' }),
  },
  {
    name: 'a chain of hard links before their target',
    code: 'link-before-target',
    archive: () => plain([link('c', 'b'), link('b', 'a'), file('a')]),
    verdicts: all('refuses', { skopeo: 'same' }),
  },
  {
    name: 'a path twice in a layer',
    code: 'duplicate-entry',
    archive: () => plain([file('a', '1'), file('a', '2')]),
    verdicts: all('same', { docker: 'refuses', podman: 'refuses' }),
  },
  {
    name: 'a whiteout without a name',
    code: 'bare-whiteout',
    archive: () => plain([file('a')], [whiteout('.wh.')]),
    verdicts: all('refuses', { skopeo: 'same' }),
  },
  {
    name: 'an entry of an unknown type',
    code: 'unknown-type',
    archive: () => hybrid([raw(tarOf(file('a'), typed(file('b'), '?')))]),
    verdicts: all('refuses', { skopeo: 'same' }),
  },
  {
    name: 'a hard link to a file of a lower layer',
    code: 'link-to-lower-layer',
    archive: () => plain([file('a')], [link('b', 'a')]),
    verdicts: all('same', { docker: 'refuses', containerd: 'refuses' }),
  },
  {
    name: 'a hard link before its target',
    code: 'link-before-target',
    archive: () => plain([link('b', 'a'), file('a')]),
    verdicts: all('refuses', { skopeo: 'same' }),
  },
  {
    // podman has no overlay here, so it creates the device.
    name: 'a character device 0:0 in place of a whiteout',
    code: 'overlay-whiteout',
    archive: () => plain(BASE, [device('b', 0, 0)]),
    verdicts: all('same', { podman: 'differs', umoci: 'differs' }),
  },
  {
    name: 'a character device 0:0 before a file of its path',
    code: ['overlay-whiteout', 'whiteout-with-entry'],
    archive: () => plain(BASE, [device('b', 0, 0), file('b')]),
    verdicts: all('same', { docker: 'refuses', podman: 'refuses' }),
  },
  {
    name: 'a character device 0:0 after a file of its path',
    code: ['overlay-whiteout', 'whiteout-with-entry'],
    archive: () => plain(BASE, [file('b'), device('b', 0, 0)]),
    verdicts: all('same', { containerd: 'differs', umoci: 'differs', docker: 'refuses', podman: 'refuses' }),
  },
  {
    name: 'a character device 0:0 before a whiteout of its path',
    code: ['overlay-whiteout', 'whiteout-with-entry'],
    archive: () => plain(BASE, [device('b', 0, 0), whiteout('.wh.b')]),
    verdicts: all('same', { containerd: 'refuses', umoci: 'differs', docker: 'refuses' }),
  },
  {
    name: 'a whiteout twice in a layer',
    code: 'duplicate-entry',
    archive: () => plain(BASE, [whiteout('.wh.b'), whiteout('.wh.b')]),
    verdicts: all('same', { containerd: 'refuses', docker: 'refuses', podman: 'refuses' }),
  },
  {
    name: 'an entry below a symlink of a lower layer',
    code: 'parent-not-directory',
    archive: () => plain([...BASE, symlink('s', 'd')], [file('s/c')]),
    verdicts: all('same', { podman: 'differs', umoci: 'differs' }),
  },
  {
    name: 'a global PAX header with an owner',
    code: 'global-attributes',
    archive: () => hybrid([raw(tarOf(globalHeader('12 uid=1000\n'), file('a')))]),
    verdicts: all('same', { umoci: 'refuses' }),
  },
  ...['7', 'D', 'S'].map(
    (type): OddImage => ({
      name: `an entry of the type ${type}`,
      code: 'unsupported-type',
      archive: () => hybrid([raw(tarOf(file('a'), typed({ path: 'b', mtime: TIME }, type)))]),
      verdicts: all('refuses', { skopeo: 'same' }),
    }),
  ),
  {
    name: 'a file name of 256 bytes',
    code: 'name-too-long',
    archive: () => hybrid([raw(tarOf(file('a'), file('b'.repeat(256))))]),
    verdicts: all('refuses', { skopeo: 'same' }),
  },
  ...['atime=1e3', 'ctime=soon', 'mtime=.5', 'uid=0x5'].map(
    (text): OddImage => ({
      name: `a PAX record ${text}`,
      code: 'invalid-number',
      archive: () => hybrid([raw(tarOf(paxHeader(record(text)), file('a')))]),
      verdicts: all('refuses', { skopeo: 'same' }),
    }),
  ),
  ...[
    ['a wrong length', '9 a=b\n'],
    ['an empty key', record('=b')],
    ['a NUL in the name of the owner', record('uname=a\0b')],
    ['NULs after it', `${record('path=b')}\0\0`],
  ].map(
    ([what = '', records = '']): OddImage => ({
      name: `a PAX record with ${what}`,
      code: 'invalid-pax-record',
      archive: () => hybrid([raw(tarOf(paxHeader(records), file('a')))]),
      verdicts: all('refuses', { skopeo: 'same' }),
    }),
  ),
  {
    name: 'a global PAX header without attributes',
    code: 'global-header',
    archive: () => hybrid([raw(tarOf(globalHeader(record('comment=x')), file('a')))]),
    verdicts: all('same', { umoci: 'refuses' }),
  },
  ...['uid=-1', 'uid=4294967295', 'gid=4294967296', 'uid=4294967299', 'gid=-2', `uid=${2n ** 60n + 7n}`].map(
    (text): OddImage => ({
      name: `a PAX record ${text}`,
      code: 'owner-out-of-range',
      archive: () => hybrid([raw(tarOf(paxHeader(record(text)), file('a')))]),
      verdicts: all('same'),
    }),
  ),
  {
    name: 'an extended attribute without a value',
    code: 'xattr-empty',
    // The trees are compared without extended attributes.
    archive: () => hybrid([raw(tarOf(paxHeader(record('SCHILY.xattr.user.k=')), file('a')))]),
    verdicts: all('same'),
  },
  ...['', 'user.', 'trusted.', 'security.', `user.${'a'.repeat(251)}`].map(
    (name): OddImage => ({
      name: `an extended attribute named ${JSON.stringify(name.slice(0, 20))}`,
      code: 'xattr-refused',
      archive: () => hybrid([raw(tarOf(paxHeader(record(`SCHILY.xattr.${name}=v`)), file('a')))]),
      verdicts: all('refuses', {
        skopeo: 'same',
        ...(name === 'trusted.' ? { containerd: 'same' } : {}),
      }),
    }),
  ),
  {
    name: 'PAX records with a plus sign',
    code: null,
    archive: () => hybrid([raw(tarOf(paxHeader(record('uid=+5') + record('gid=007')), file('a')))]),
    verdicts: all('same'),
  },
  {
    name: 'a PAX header before a global one, which drops it',
    code: 'global-attributes',
    archive: () =>
      hybrid([raw(tarOf(paxHeader(record('path=b')), globalHeader(record('comment=x')), file('a')))]),
    verdicts: all('same', { umoci: 'refuses' }),
  },
  {
    name: 'a single block of zeros between entries',
    code: 'lone-zero-block',
    archive: () => hybrid([raw(tarOf(file('a'), Buffer.alloc(512), file('b')))]),
    verdicts: all('refuses', { skopeo: 'same' }),
  },
  {
    name: 'a second tar after the end of the tar',
    code: 'tar-trailing-data',
    archive: () => hybrid([raw(Buffer.concat([buildTar([file('a')]), buildTar([file('b')])]))]),
    verdicts: all('same'),
  },
  {
    name: 'zeros after the end of the tar',
    code: null,
    archive: () => hybrid([raw(Buffer.concat([buildTar([file('a')]), Buffer.alloc(5_000)]))]),
    verdicts: all('same'),
  },
  {
    name: 'text after the gzip data of a layer',
    code: 'gzip-trailing-data',
    archive: () => hybrid([gzipped(buildTar([file('a')]), Buffer.from('more'))]),
    verdicts: all('refuses', { docker: 'same', containerd: 'same' }),
  },
  {
    name: 'zeros after the gzip data of a layer',
    code: 'gzip-trailing-zeros',
    archive: () => hybrid([gzipped(buildTar([file('a')]), Buffer.alloc(512))]),
    verdicts: all('refuses', { docker: 'same', containerd: 'same' }),
  },
  {
    name: 'gzip data with the media type of an uncompressed layer',
    code: 'media-type-mismatch',
    archive: () => hybrid([{ ...gzipped(buildTar([file('a')])), mediaType: `${OCI}.layer.v1.tar` }]),
    verdicts: all('same', { containerd: 'refuses', umoci: 'refuses' }),
  },
  {
    name: 'an uncompressed layer with the media type of gzip data',
    code: 'media-type-mismatch',
    archive: () => hybrid([{ ...raw(buildTar([file('a')])), mediaType: GZIP_TYPE }]),
    verdicts: all('same', { umoci: 'refuses' }),
  },
  {
    name: '126 layers',
    code: 'too-many-layers',
    archive: () => plain(...Array.from({ length: 126 }, (_, i) => [file(`f${i}`)])),
    verdicts: all('same', { docker: 'refuses' }),
  },
  {
    name: 'a null in the history of the config',
    code: 'config-oddity',
    archive: () =>
      hybrid([raw(buildTar([file('a')]))], {
        config: (text) => text.replace(/"history":\[.*\]/, '"history":[null]'),
      }),
    verdicts: all('same'),
  },
  {
    name: 'a config without rootfs.type',
    code: 'config-oddity',
    archive: () =>
      hybrid([raw(buildTar([file('a')]))], { config: (text) => text.replace('"type":"layers",', '') }),
    verdicts: all('same', { umoci: 'refuses' }),
  },
  {
    name: 'a config with a byte order mark',
    code: 'byte-order-mark',
    archive: () => hybrid([raw(buildTar([file('a')]))], { config: (text) => `\u{feff}${text}` }),
    verdicts: all('refuses'),
  },
  {
    name: 'a manifest.json with a byte order mark',
    code: 'byte-order-mark',
    archive: () => hybrid([raw(buildTar([file('a')]))], { manifest: (text) => `\u{feff}${text}` }),
    verdicts: all('refuses', { podman: 'same', umoci: 'same' }),
  },
  {
    name: 'a config with bytes that are not UTF-8',
    code: 'config-oddity',
    archive: () =>
      hybrid([raw(buildTar([file('a')]))], {
        config: (text) => Buffer.from(text.replace('layer 0', 'caf\u00e9'), 'latin1'),
      }),
    verdicts: all('same'),
  },
  {
    name: 'keys of manifest.json in lower case',
    code: null,
    archive: () =>
      hybrid([raw(buildTar([file('a')]))], {
        manifest: (text) =>
          text
            .replace('"Config"', '"config"')
            .replace('"RepoTags"', '"repoTags"')
            .replace('"Layers"', '"layers"'),
      }),
    verdicts: all('same'),
  },
  {
    name: 'a key of the config in another case',
    code: null,
    archive: () =>
      hybrid([raw(buildTar([file('a')]))], { config: (text) => text.replace('"rootfs"', '"rootfS"') }),
    verdicts: all('same'),
  },
  {
    // The other programs also show the directory `/.wh..wh.plnk`.
    name: 'bookkeeping of AUFS with a hard link',
    code: null,
    archive: () =>
      plain([directory('.wh..wh.plnk/'), file('.wh..wh.plnk/1.2'), link('a', '.wh..wh.plnk/1.2')]),
    verdicts: all('differs', { skopeo: 'same' }),
  },
  {
    name: 'a directory named like bookkeeping of AUFS below another one',
    code: null,
    archive: () => plain([directory('d/'), directory('d/.wh..wh.x/'), file('d/.wh..wh.x/f')]),
    verdicts: all('same'),
  },
];
