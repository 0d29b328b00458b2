import { buildDockerArchive, sha256 } from '@layers/testing/archive-builder';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { answerOf, pipe } from './support/answer.ts';
import { IMAGE } from './support/corpus.ts';
import { filesOf } from './support/tar-bytes.ts';

const scratch = useScratch();

/** Wrong values for a field. `undefined` removes the field. */
const WRONG: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1e308,
  '',
  'x',
  '\u001b[2J\u202e\u0000',
  '../../../etc/passwd',
  'x'.repeat(100_000),
  [],
  [null],
  [[]],
  Array.from({ length: 2000 }, () => 'x'),
  {},
  { toString: 'x', __proto__: null, constructor: {} },
];

/** Every field gets every third wrong value, in a long run all. */
const STRIDE = runs(3, 1);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Returns the paths of all values in a document; of arrays, only the first and last elements. */
function* pathsOf(value: Json, path: readonly (string | number)[] = []): Generator<(string | number)[]> {
  yield [...path];
  if (Array.isArray(value)) {
    for (const i of new Set([0, value.length - 1])) {
      const inner = value[i];
      if (inner !== undefined) yield* pathsOf(inner, [...path, i]);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, key]);
  }
}

function replaced(value: Json, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value
      .map((inner, i) => (i === key ? replaced(inner, rest, by) : inner))
      .filter((x) => x !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === key ? replaced(inner, rest, by) : inner]),
  );
}

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '');

/** Returns the archive with a changed file. Names and digests that depend on the file's digest are corrected. */
function withFile(files: readonly EntrySpec[], path: string, data: Buffer): Buffer {
  const before = files.find((file) => file.path === path)?.data ?? new Uint8Array(0);
  const [oldHex, newHex] = [sha256(before), sha256(data)];
  let all = files.map((file) => (file.path === path ? { ...file, data } : file));
  if (!path.includes(oldHex)) return buildTar(all);
  all = all.map((file) => {
    const text = Buffer.from(file.data ?? []).toString('utf8');
    const isDocument = file.path !== path && text.includes(oldHex) && !text.includes('\0');
    const size = text
      .replaceAll(`"size":${before.length}`, `"size":${data.length}`)
      .replaceAll(oldHex, newHex);
    return {
      ...file,
      path: String(file.path).replace(oldHex, newHex),
      data: isDocument ? Buffer.from(size) : (file.data ?? Buffer.alloc(0)),
    };
  });
  return buildTar(all);
}

describe.each(['legacy', 'hybrid', 'oci'] as const)('documents with wrong fields: %s', (form) => {
  const archive = buildDockerArchive({ images: [IMAGE] }, { form });
  const files: EntrySpec[] = filesOf(archive).map(({ name, offset, size }) => ({
    path: name,
    data: archive.subarray(offset, offset + size),
  }));
  const documents = files.filter(({ data }) => data?.[0] === 0x7b || data?.[0] === 0x5b);

  test.each(documents.map(({ path, data }) => [String(path), data] as const))(
    '%s: an error or a result, the same from a file and from a pipe',
    async (path, data) => {
      const json: Json = JSON.parse(Buffer.from(data ?? []).toString('utf8'));
      let turn = 0;
      for (const place of pathsOf(json)) {
        for (const wrong of WRONG) {
          if (turn++ % STRIDE !== 0) continue;
          const bytes = withFile(files, path, bytesOf(replaced(json, place, wrong)));
          const what = `${place.join('.')} made ${JSON.stringify(wrong)?.slice(0, 60)}`;
          const file = scratch.file(bytes, 'wrong');
          const fromFile = await answerOf(() => ({ path: file }));
          expect(await answerOf(() => pipe(bytes, turn)), what).toEqual(fromFile);
        }
      }
    },
    5 * 60_000,
  );
});

test.each([
  ['nothing', ''],
  ['a byte order mark alone', '\ufeff'],
  ['NULs', '\0\0\0\0'],
  ['nested deeper than any stack', '['.repeat(1_000_000)],
  ['an object nested deeper than the stack allows', '{"a":'.repeat(1_000_000)],
  ['numbers without end', `[${'1e999,'.repeat(1000)}1]`],
  ['a string without end', '"'.repeat(3)],
  ['bytes that are no UTF-8', '[{"Config":"\ud800"}]'],
])('manifest.json of %s', async (_, text) => {
  const bytes = buildTar([{ path: 'manifest.json', data: Buffer.from(text) }]);
  const path = scratch.file(bytes);
  const fromFile = await answerOf(() => ({ path }));
  expect(fromFile.documents['error']).toMatch(/^ERR_LAYERS_/);
  expect(await answerOf(() => pipe(bytes, 1))).toEqual(fromFile);
});
