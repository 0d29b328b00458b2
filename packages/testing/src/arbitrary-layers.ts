import fc from 'fast-check';
import type { EntrySpec } from './tar-builder.ts';

/**
 * Random stacks of layers with few distinct names, so that entries shadow, replace, hide and link to each other.
 */

/** Names that look special and have no special meaning. */
const ODD_NAMES = [
  '.why',
  '.wh',
  'a.wh.b',
  'a.wh..wh..opq',
  'wh.a',
  '.WH.a',
  '..a',
  '...',
  ' ',
  'x y',
  'n\nl',
  '\u001b[31m',
  'café',
  '\\',
  '*',
  'l'.repeat(120),
].map((name) => Buffer.from(name));
const NOT_UTF8 = [Buffer.from([0xff, 0xfe]), Buffer.from([0x61, 0x80])];

const name: fc.Arbitrary<Buffer> = fc.oneof(
  { arbitrary: fc.constantFrom(...['a', 'b', 'c'].map((text) => Buffer.from(text))), weight: 12 },
  { arbitrary: fc.constantFrom(...ODD_NAMES, ...NOT_UTF8), weight: 1 },
);

const SLASH = Buffer.from('/');
const joined = (parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [SLASH, part])));

const path: fc.Arbitrary<Buffer> = fc
  .oneof(
    { arbitrary: fc.array(name, { minLength: 1, maxLength: 2 }), weight: 4 },
    { arbitrary: fc.array(name, { minLength: 3, maxLength: 5 }), weight: 1 },
  )
  .map(joined);

/** Another spelling of a path; sometimes a path that leaves the root. */
const spelled = (of: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.oneof(
        { arbitrary: fc.constant(''), weight: 12 },
        { arbitrary: fc.constantFrom('./', '/', '//', './/', '/./', 'a/../', './b/./../'), weight: 4 },
        { arbitrary: fc.constantFrom('../', 'a/../../'), weight: 1 },
      ),
      of,
      fc.oneof(
        { arbitrary: fc.constant(''), weight: 12 },
        { arbitrary: fc.constantFrom('/', '//', '/.'), weight: 1 },
      ),
    )
    .map(([before, middle, after]) => Buffer.concat([Buffer.from(before), middle, Buffer.from(after)]));

const SIZES = [0, 1, 1, 5, 5, 511, 512, 513, 1500];

/** Bytes of few lengths and few values, so that equal sizes and equal contents are common. */
const data: fc.Arbitrary<Buffer> = fc
  .tuple(fc.constantFrom(...SIZES), fc.constantFrom(0x41, 0x42))
  .map(([size, value]) => Buffer.alloc(size, value));

const BIG_ID = 2 ** 21 + 5;

const attributes = fc.record(
  {
    mode: fc.constantFrom(0o644, 0o755, 0o4755, 0o1777, 0),
    uid: fc.constantFrom(0, 1000, BIG_ID),
    gid: fc.constantFrom(0, 1000, BIG_ID),
    mtime: fc.constantFrom(0, 1_600_000_000, -86_400, 2 ** 34),
    mtimeNs: fc.constantFrom(0, 0, 500_000_000, 1),
    xattrs: fc.constantFrom(
      new Map(),
      new Map([['security.capability', Buffer.from([1, 0, 0, 2, 0xff, 0x0a])]]),
    ),
  },
  { requiredKeys: [] },
);

const described = (shape: fc.Arbitrary<EntrySpec>): fc.Arbitrary<EntrySpec> =>
  fc.tuple(shape, attributes).map(([entry, extra]) => ({ ...extra, ...entry }));

const file = fc.record({ type: fc.constant('file' as const), path: spelled(path), data });
const directory = fc.record({ type: fc.constant('directory' as const), path: spelled(path) });
const sparse = fc.record({
  type: fc.constant('file' as const),
  path: spelled(path),
  data: fc.constant(Buffer.alloc(5, 0x43)),
  sparse: fc.constant({ realSize: 513, extents: [[0, 2] as const, [100, 3] as const] }),
});
const symlink = fc.record({
  type: fc.constant('symlink' as const),
  path: spelled(path),
  linkpath: spelled(path),
});
const special = fc.record({
  type: fc.constantFrom('char' as const, 'block' as const, 'fifo' as const, 'unknown' as const),
  path: spelled(path),
  devmajor: fc.constantFrom(0, 5),
  devminor: fc.constantFrom(0, 1),
});
const root = fc.record({
  type: fc.constant('directory' as const),
  path: fc.constantFrom('./', '/', '', 'a/..'),
});
const rootOfOtherType = fc.record({
  type: fc.constantFrom('file' as const, 'symlink' as const),
  path: fc.constantFrom('./', '/', ''),
});

/** A last path element with a meaning in AUFS, next to or below a path. */
const marked = (last: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.option(path, { nil: null }), last)
    .map(([parent, part]) => joined(parent === null ? [part] : [parent, part]));

const whiteout = marked(name.map((of) => Buffer.concat([Buffer.from('.wh.'), of])));
const opaque = marked(fc.constant(Buffer.from('.wh..wh..opq')));
const oddMarker = marked(
  fc
    .constantFrom('.wh.', '.wh..', '.wh...', '.wh..wh.plnk', '.wh..wh.aufs', '.wh..wh..opq2', '.wh..wh..wh.a')
    .map((text) => Buffer.from(text)),
);
const insideMarker = fc
  .tuple(fc.constantFrom('.wh.a', '.wh..wh.plnk', '.wh..wh..opq', '.wh.'), name)
  .map(([marker, last]) => joined([Buffer.from(marker), last]));

const ofAnyType = (paths: fc.Arbitrary<Buffer>, usual: number): fc.Arbitrary<EntrySpec> =>
  fc.oneof(
    { arbitrary: fc.record({ path: spelled(paths) }), weight: usual },
    {
      arbitrary: fc.record({
        path: paths,
        type: fc.constantFrom('directory' as const, 'fifo' as const, 'unknown' as const),
      }),
      weight: 1,
    },
    { arbitrary: fc.record({ path: paths, data }), weight: 1 },
  );

/** A hard link. Its target is chosen from all paths of the stack. */
interface OpenLink {
  readonly open: true;
  readonly path: Uint8Array;
  readonly target: number;
  readonly before: string;
}

const openLink: fc.Arbitrary<OpenLink> = fc.record({
  open: fc.constant(true as const),
  path: spelled(path),
  target: fc.nat(1000),
  before: fc.constantFrom('', '', '', './', '/', 'a/../'),
});

const link = fc.record({
  type: fc.constant('link' as const),
  path: spelled(path),
  linkpath: spelled(path),
  mode: fc.constantFrom(0o600, 0o755),
});

/** A content of AUFS, or a link to one. */
const aufs: fc.Arbitrary<EntrySpec> = fc.oneof(
  fc.record({ path: fc.constantFrom('.wh..wh.plnk/1.2', './.wh..wh.plnk/3.4'), data }),
  fc.record({
    path: spelled(path),
    type: fc.constant('link' as const),
    linkpath: fc.constantFrom('.wh..wh.plnk/1.2', '/.wh..wh.plnk/3.4', '.wh..wh.plnk/none'),
  }),
);

const entry: fc.Arbitrary<EntrySpec | OpenLink> = fc.oneof(
  { arbitrary: described(file), weight: 56 },
  { arbitrary: described(directory), weight: 24 },
  { arbitrary: ofAnyType(whiteout, 8), weight: 20 },
  { arbitrary: ofAnyType(opaque, 8), weight: 12 },
  { arbitrary: openLink, weight: 24 },
  { arbitrary: link, weight: 8 },
  { arbitrary: described(symlink), weight: 12 },
  { arbitrary: described(special), weight: 8 },
  { arbitrary: sparse, weight: 4 },
  { arbitrary: described(root), weight: 4 },
  { arbitrary: rootOfOtherType, weight: 1 },
  { arbitrary: ofAnyType(oddMarker, 8), weight: 4 },
  { arbitrary: ofAnyType(insideMarker, 8), weight: 2 },
  { arbitrary: aufs, weight: 4 },
);

/** Layers, lowest first, as lists of entries for `buildTar`. */
export const layerStack: fc.Arbitrary<EntrySpec[][]> = fc
  .array(fc.array(entry, { maxLength: 14 }), { minLength: 1, maxLength: 5 })
  .map((layers) => {
    const paths = layers.flat().map((each) => each.path);
    return layers.map((entries) => entries.map((each) => ('open' in each ? closed(each, paths) : each)));
  });

function closed({ path, target, before }: OpenLink, paths: readonly (Uint8Array | string)[]): EntrySpec {
  const chosen = Buffer.from(paths[target % paths.length] ?? 'a');
  return { type: 'link', path, linkpath: Buffer.concat([Buffer.from(before), chosen]) };
}
