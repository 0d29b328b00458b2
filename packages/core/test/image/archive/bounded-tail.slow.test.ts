import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { codeOfAsync } from '@layers/testing/errors';
import { needs } from '@layers/testing/needs';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { decompressStream } from '../../../src/compression/decompress-stream.ts';
import { MAX_TRAILING_BYTES, withBoundedTail } from '../../../src/image/archive/bounded-tail.ts';
import { openArchive } from '../../../src/image/open-archive.ts';

const tar = buildTar([{ path: 'a', data: Buffer.from('content') }]);
const PIECE = 1024 * 1024;
/** No reader pulls more from a pipe that does not end. */
const MOST_BYTES = MAX_TRAILING_BYTES + 32 * PIECE;

/** Yields the start, then the pieces again and again. Throws once more bytes are read than any reader may read. */
async function* endless(start: Uint8Array, ...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield start;
  for (let bytes = 0; ; ) {
    for (const piece of pieces) {
      bytes += piece.length;
      if (bytes > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes are read after the archive`);
      yield piece;
    }
  }
}

async function* once(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function lengthOf(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(Uint8Array.from(chunk));
  return Buffer.concat(pieces);
}

describe('withBoundedTail', () => {
  it.each([
    ['zeros after an archive', tar, 0],
    ['text after an archive', tar, 0x61],
    ['zeros alone', Buffer.alloc(512), 0],
    ['text alone', Buffer.from('no tar'), 0x61],
    ['text after half an archive', tar.subarray(0, 700), 0x61],
    ['zeros after a gzip archive', gzipSync(tar), 0],
    ['text after a gzip archive', gzipSync(tar), 0x61],
    ['text after half a gzip archive', gzipSync(tar).subarray(0, 60), 0x61],
    ['zeros after gzip data that is no tar', gzipSync('no tar'), 0],
  ])('stops after %s', async (_, start, byte) => {
    const chunks = withBoundedTail(endless(start, Buffer.alloc(PIECE, byte)));
    expect(await lengthOf(chunks)).toBeLessThan(start.length + MOST_BYTES);
  });

  it.each([
    ['an archive', tar],
    ['two archives', Buffer.concat([tar, tar])],
    ['a compressed archive', gzipSync(tar)],
    ['two compressed archives', Buffer.concat([gzipSync(tar), gzipSync(tar)])],
    ['a compressed archive with padding', Buffer.concat([gzipSync(tar), Buffer.alloc(10_000)])],
    ['half a compressed archive', gzipSync(tar).subarray(0, 60)],
    ['compressed text', gzipSync('no tar')],
    ['nothing', Buffer.alloc(0)],
  ])('passes on %s', async (_, bytes) => {
    expect(await bytesOf(withBoundedTail(once(bytes.subarray(0, 300), bytes.subarray(300))))).toEqual(bytes);
  });

  it('passes on what a reader of the tar reads', async () => {
    const zeros = gzipSync(Buffer.alloc(PIECE));
    const copy = await bytesOf(withBoundedTail(endless(gzipSync(tar), zeros)));
    const inflated = withBoundedTail(decompressStream(once(copy), 'gzip'));
    expect(await lengthOf(inflated)).toBeGreaterThan(MAX_TRAILING_BYTES);
  });
});

const archive = buildDockerArchive({ images: [{ tags: ['app:1'], layers: [tar] }] }, { form: 'legacy' });

/** A tool that compresses, and whether zeros may follow what it writes (the xz format and gzip(1) allow padding). */
const TOOLS = [
  ['gzip', true],
  ['xz', true],
  ['zstd', false],
  ['bzip2', false],
] as const;

function compressedBy(tool: string, bytes: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync(tool, ['-c'], { input: bytes, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(String(stderr));
  return stdout;
}

/** Opens a pipe directly, and as a copy of it, as commands do that read contents. */
const WAYS: readonly (readonly [
  string,
  (stream: AsyncIterable<Uint8Array>) => ReturnType<typeof openArchive>,
])[] = [
  ['directly', (stream) => openArchive({ stream, path: '-' })],
  [
    'as a copy',
    async (stream) => openArchive({ stream: once(await bytesOf(withBoundedTail(stream))), path: '-' }),
  ],
];

describe.each(TOOLS)('a pipe without end, compressed by %s', (tool, allowsPadding) => {
  describe.each(WAYS)('read %s', (_, open) => {
    it('ends after zeros behind the compressed data', needs(tool), async () => {
      const stream = endless(compressedBy(tool, archive), Buffer.alloc(PIECE - 1));
      if (!allowsPadding) {
        expect(await codeOfAsync(() => open(stream))).toMatch(/_TRAILING$/);
        return;
      }
      const { images, findings } = await open(stream);
      expect([images.map(({ tags }) => tags), findings]).toEqual([[['app:1']], []]);
    });

    it('ends after zeros in the compressed data', needs(tool), async () => {
      const stream = endless(compressedBy(tool, archive), compressedBy(tool, Buffer.alloc(PIECE)));
      expect((await open(stream)).images).toHaveLength(1);
    });

    // Decompressing that much with bzip2 takes long.
    if (tool === 'bzip2') return;

    it('has a finding for other data in the compressed data', needs(tool), async () => {
      const text = compressedBy(tool, Buffer.alloc(PIECE, 'text'));
      const { findings } = await open(endless(compressedBy(tool, archive), text));
      expect(findings.map(({ code }) => code)).toEqual(['archive-trailing-data']);
    });

    it('is refused if it holds no tar', needs(tool), async () => {
      const text = compressedBy(tool, Buffer.alloc(PIECE, 'text'));
      const stream = endless(text, text);
      expect(await codeOfAsync(() => open(stream))).toMatch(/^ERR_LAYERS_(TAR_|NOT_AN_IMAGE)/);
    });
  });
});
