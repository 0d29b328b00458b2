import {
  base256,
  bytesOf,
  entryWith,
  GNU,
  globalPax,
  gnuLong,
  header,
  join,
  pax,
  USTAR,
  V7,
} from '@layers/testing/raw-tar';
import fc from 'fast-check';

const name = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)), maxLength: 110 }),
  fc.constantFrom('d/', 'a/b', './x', '', '/', '../../etc/passwd', 'n'.repeat(100)),
);

const odd = fc.oneof(
  fc.nat(2000),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map((n) => base256(n, 12)),
  fc.constantFrom('', 'junk', '-1', '7777777', '12\0junk', '        '),
);

const typeflag = fc.oneof(
  fc.constantFrom('0', '\0', '1', '2', '3', '4', '5', '6', '7', 'D', 'S', 'V', 'M', 'X', '\xff'),
  fc.constant('0'),
);

const block = fc
  .record(
    {
      name,
      linkname: name,
      mode: odd,
      uid: odd,
      gid: odd,
      mtime: odd,
      devmajor: odd,
      prefix: name,
      typeflag,
    },
    { requiredKeys: ['name', 'typeflag'] },
  )
  .chain((fields) => fc.constantFrom(USTAR, GNU, V7).map((magic) => ({ ...fields, magic })));

const plain = fc
  .tuple(block, fc.uint8Array({ maxLength: 1500 }))
  .map(([fields, data]) => entryWith(fields, data));

const lying = fc.tuple(block, odd).map(([fields, size]) => header({ ...fields, size }));

const key = fc.constantFrom(
  'path',
  'linkpath',
  'size',
  'uid',
  'gid',
  'mtime',
  'atime',
  'uname',
  'SCHILY.xattr.user.a',
  'GNU.sparse.major',
  'GNU.sparse.minor',
  'GNU.sparse.map',
  'GNU.sparse.size',
  'GNU.sparse.realsize',
  'GNU.sparse.name',
  'GNU.sparse.offset',
  'GNU.sparse.numbytes',
);

const value = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    '1.5',
    '512',
    '0,5',
    '0,5,3',
    '9007199254740991',
    '1152921504606846976',
    'x\0y',
  ),
  fc.uint8Array({ maxLength: 30 }),
);

const records = fc.array(fc.tuple(key, value), { maxLength: 5 });

const extension = fc.oneof(
  records.map((r) => pax(...r)),
  records.map((r) => globalPax(...r)),
  fc.uint8Array({ maxLength: 600 }).map((body) => entryWith({ typeflag: 'x' }, body)),
  fc.tuple(fc.constantFrom('L' as const, 'K' as const), name).map(([kind, text]) => gnuLong(kind, text)),
  fc.tuple(fc.constantFrom('x', 'g', 'L', 'K'), odd).map(([kind, size]) => header({ typeflag: kind, size })),
);

const sparse = fc
  .tuple(fc.array(fc.tuple(fc.nat(3), fc.nat(600)), { maxLength: 60 }), fc.boolean(), fc.nat(5))
  .map(([runs, honest, extra]) => {
    let at = 0;
    let stored = 0;
    const pairs = runs.map(([gap, bytes]) => {
      const offset = at + gap * 512;
      at = offset + bytes;
      stored += bytes;
      return `${offset.toString(8).padStart(11, '0')}\0${bytes.toString(8).padStart(11, '0')}\0`;
    });
    const blocks = [];
    for (let i = 4; i < pairs.length; i += 21) {
      const more = Buffer.alloc(512);
      more.write(pairs.slice(i, i + 21).join(''), 'latin1');
      more[504] = i + 21 < pairs.length ? 1 : 0;
      blocks.push(more);
    }
    const size = honest ? stored : stored + extra;
    const first = header({
      typeflag: 'S',
      magic: GNU,
      size,
      at: {
        386: pairs.slice(0, 4).join(''),
        482: blocks.length > 0 ? '\x01' : '\0',
        483: `${at.toString(8).padStart(11, '0')}\0`,
      },
    });
    return join(first, ...blocks, new Uint8Array(Math.ceil(size / 512) * 512).fill(0x78));
  });

const noise = fc.oneof(
  fc.constant(new Uint8Array(512)),
  fc.constant(new Uint8Array(1024)),
  fc.uint8Array({ maxLength: 700 }),
  fc.constant(bytesOf('x'.repeat(512))),
);

const part = fc.oneof(
  { arbitrary: plain, weight: 8 },
  { arbitrary: extension, weight: 5 },
  { arbitrary: sparse, weight: 2 },
  { arbitrary: lying, weight: 1 },
  { arbitrary: noise, weight: 1 },
);

/** Changes single bytes. Some header blocks get a valid checksum again, so that the parser reads the change. */
const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });

/** Archives of every dialect: valid and invalid, complete and truncated, with flipped bytes. */
export const anyTar: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.array(part, { maxLength: 12 }),
    fc.boolean(),
    fc.oneof({ arbitrary: fc.constant([]), weight: 2 }, { arbitrary: flips, weight: 1 }),
    fc.oneof({ arbitrary: fc.constant(null), weight: 2 }, { arbitrary: fc.nat(), weight: 1 }),
  )
  .map(([parts, ended, changes, cut]) => {
    const tar = join(...parts, new Uint8Array(ended ? 1024 : 0));
    for (const [at, byte] of changes) if (tar.length > 0) tar[at % tar.length] = byte;
    return cut === null ? tar : tar.subarray(0, cut % (tar.length + 1));
  });

export const cuts: fc.Arbitrary<number[]> = fc.oneof(
  fc.constant<number[]>([1]),
  fc.constant<number[]>([512]),
  fc.constant<number[]>([511, 1]),
  fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 6 }),
);
