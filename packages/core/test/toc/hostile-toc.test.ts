import { expect, test } from 'vitest';
import { changesetOfToc, InvalidToc } from '../../src/toc/index.js';
import { parseToc } from '../../src/toc/parse-toc.js';

const END = 1000;
const digest = `sha256:${'a'.repeat(64)}`;

function parse(...entries: readonly unknown[]) {
  return parseToc(Buffer.from(JSON.stringify({ version: 1, entries })), 'estargz', END);
}

const file = { name: 'f', type: 'reg', size: 10, offset: 100, digest };

test.each([
  ['an offset behind the contents', { ...file, offset: END }],
  ['an offset that is no whole number', { ...file, offset: 1.5 }],
  ['a negative offset', { ...file, offset: -1 }],
  ['a size above 2^53', { ...file, size: 2 ** 60 }],
  ['a negative size', { ...file, size: -10 }],
  ['a chunk that is larger than the file', { ...file, chunkSize: 11 }],
  ['a chunk that does not start at 0', { ...file, chunkOffset: 1 }],
  ['a content far inside of a member', { ...file, innerOffset: 2 ** 40 }],
  ['a name that is not UTF-8', { ...file, name: 'a\ufffd' }],
  ['no name', { ...file, name: '' }],
  ['a name that is not a text', { ...file, name: {} }],
  ['an unknown type', { ...file, type: 'door' }],
  ['another digest than SHA-256', { ...file, digest: 'md5:00' }],
  ['an invalid time', { ...file, modtime: '2026-99-99T00:00:00Z' }],
  ['attributes that are a list', { ...file, xattrs: ['user.a'] }],
  ['an entry that is a list', [file]],
])('a TOC with %s is refused', (_, entry) => {
  expect(() => parse(entry)).toThrow(InvalidToc);
});

test.each([
  [
    'overlap',
    [
      { ...file, chunkSize: 5 },
      { ...file, type: 'chunk', chunkOffset: 4, chunkSize: 6 },
    ],
  ],
  [
    'leave a gap',
    [
      { ...file, chunkSize: 5 },
      { ...file, type: 'chunk', chunkOffset: 6, chunkSize: 4 },
    ],
  ],
  ['end too early', [{ ...file, chunkSize: 5 }]],
  [
    'are of another file',
    [
      { ...file, chunkSize: 5 },
      { ...file, name: 'g', type: 'chunk', chunkOffset: 5 },
    ],
  ],
  ['come first', [{ ...file, type: 'chunk' }]],
  [
    'belong to a directory',
    [
      { name: 'd', type: 'dir' },
      { ...file, name: 'd', type: 'chunk' },
    ],
  ],
])('a TOC whose chunks %s is refused', (_, entries) => {
  expect(() => parse(...entries)).toThrow(InvalidToc);
});

test.each(['', '[]', '{"version":2,"entries":[]}', '{"version":1}', `${'['.repeat(100_000)}`, '\xff'])(
  'other bytes than a TOC are refused: %.20s',
  (text) => {
    expect(() => parseToc(Buffer.from(text, 'latin1'), 'estargz', END)).toThrow(InvalidToc);
  },
);

test('a TOC with more objects than fit in memory is refused before it is parsed', () => {
  const text = `{"version":1,"entries":[${'{},'.repeat(500_001)}{}]}`;
  expect(() => parseToc(Buffer.from(text), 'estargz', END)).toThrow('more than 500000 entries');
});

test('names that leave the root, and repeated ones, are treated as in a tar', () => {
  const toc = parse({ ...file, name: '../../etc/passwd' }, file, { ...file, size: 3 });
  const { changeset } = changesetOfToc(toc);
  expect(changeset.findings.map(({ code }) => code)).toContain('name-climbs-out');
  expect(changeset.count).toBe(3);
});

test('entries count against the limits of an image', () => {
  const toc = parse(...Array.from({ length: 600 }, (_, i) => ({ ...file, name: `f${i}` })));
  expect(() => changesetOfToc(toc, { entries: 100, metadataBytes: 1e6 })).toThrow(
    expect.objectContaining({ code: 'ERR_LAYERS_LIMIT' }),
  );
});
