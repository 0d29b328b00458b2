import { gzipSync } from 'node:zlib';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { answerOf, documentsOf, pipe } from './support/answer.ts';
import { archiveOfLayers } from './support/hostile-archive.ts';
import { base256, END, header } from './support/tar-bytes.ts';

const scratch = useScratch();
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

const SIZES = {
  'larger than the archive': 5000,
  'the largest octal number': 8 ** 11 - 1,
  '2^53 - 1': base256(LARGEST),
  '2^53': base256(LARGEST + 1n),
  '2^60': base256(2n ** 60n),
  '2^94': base256(2n ** 94n),
  '-1': base256(-1n),
  '-512': base256(-512n),
  'letters instead of digits': Buffer.from('12x45\0\0\0\0\0\0\0'),
  'base-256 with the wrong first byte': Buffer.from([0xac, ...new Uint8Array(11).fill(1)]),
} as const;

const TYPES = {
  file: '0',
  'hard link': '1',
  symlink: '2',
  directory: '5',
  fifo: '6',
  'an unknown type': '?',
};

async function expectOneAnswer(bytes: Buffer): Promise<Awaited<ReturnType<typeof answerOf>>> {
  const path = scratch.file(bytes, 'lying');
  const fromFile = await answerOf(() => ({ path }));
  expect(await answerOf(() => pipe(bytes, bytes.length))).toEqual(fromFile);
  return fromFile;
}

describe.each(Object.entries(SIZES))('a wrong size: %s', (_, size) => {
  test.each(Object.entries(TYPES))('a file of the archive with the type %s', async (__, type) => {
    const odd = header({ name: 'odd', type, size, link: 'manifest.json' });
    const archive = archiveOfLayers([]);
    // As the first and as the last file.
    for (const bytes of [
      Buffer.concat([odd, archive]),
      Buffer.concat([archive.subarray(0, -1024), odd, END]),
    ]) {
      const { documents } = await expectOneAnswer(bytes);
      if (type === '0')
        expect(documents['error']).toMatch(/^ERR_LAYERS_(TAR_(TRUNCATED|NUMBER|CHECKSUM)|NOT_AN_IMAGE)$/);
    }
  });

  test.each(Object.entries(TYPES))('an entry of a layer with the type %s', async (__, type) => {
    const layer = Buffer.concat([
      header({ name: 'first' }),
      header({ name: 'odd', type, size, link: 'first' }),
      END,
    ]);
    for (const stored of [layer, gzipSync(layer)]) await expectOneAnswer(archiveOfLayers([stored]));
  });
});

test('a sparse file of 2^53 - 1 bytes is read at once; two of them exceed the largest total', async () => {
  const records = (text: string): string => `${text.length + 4} ${text}\n`;
  const body = Buffer.alloc(512);
  body.write(
    records(`GNU.sparse.size=${Number.MAX_SAFE_INTEGER}`).concat(
      records('GNU.sparse.numblocks=0'),
      records('GNU.sparse.map='),
    ),
  );
  const length = body.indexOf(0);
  const file = (name: string): Buffer =>
    Buffer.concat([header({ name: 'pax', type: 'x', size: length }), body, header({ name })]);
  const one = await expectOneAnswer(archiveOfLayers([Buffer.concat([file('a'), END])]));
  expect(JSON.stringify(one.documents)).toContain(`"contentBytes":${Number.MAX_SAFE_INTEGER}`);
  const two = await expectOneAnswer(archiveOfLayers([Buffer.concat([file('a'), file('b'), END])]));
  expect(JSON.stringify(two.documents)).toContain('ERR_LAYERS_LIMIT');
});

test('sparse files of the archive itself are refused, from a file and from a pipe', async () => {
  const map = '21 GNU.sparse.major=1\n21 GNU.sparse.minor=0\n';
  const body = Buffer.alloc(512);
  body.write(map.replaceAll('21', '22'));
  const sparse = Buffer.concat([
    header({ name: 'pax', type: 'x', size: 44 }),
    body,
    header({ name: 'manifest.json' }),
  ]);
  const bytes = Buffer.concat([sparse, archiveOfLayers([])]);
  const path = scratch.file(bytes);
  expect(await documentsOf({ path })).toEqual({ error: 'ERR_LAYERS_ARCHIVE_FILE' });
  expect(await documentsOf(pipe(bytes, 1))).toEqual({ error: 'ERR_LAYERS_ARCHIVE_FILE' });
});
