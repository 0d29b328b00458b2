import type { ContentPlace } from '@layers/explorer';
import { expect, test } from 'vitest';
import { fileDifference, patchStyle } from '../../src/explore/file-difference.ts';

const path = Buffer.from('/etc/motd');

/** Returns the difference of two contents as text. */
async function difference(before: Buffer | null, after: Buffer | null): Promise<string> {
  const place = (layer: number, bytes: Buffer | null): ContentPlace | null =>
    bytes === null ? null : { layer, entry: 0, sizeBytes: bytes.length, path };
  const contents = [before, after];
  const bytes = await fileDifference(
    {
      kind: 'difference',
      versions: { before: place(0, before), after: place(1, after) },
      head: ['mode  0644 -> 0755'],
    },
    async function* ({ layer }) {
      const content = contents[layer] ?? Buffer.alloc(0);
      // In pieces that are overwritten, as those of an archive are.
      const piece = Buffer.alloc(7);
      for (let at = 0; at < content.length; at += 7) {
        content.copy(piece, 0, at, at + 7);
        yield piece.subarray(0, Math.min(7, content.length - at));
      }
    },
  );
  return Buffer.from(bytes).toString();
}

test('two versions of a text are compared line by line, below the attributes that differ', async () => {
  expect(await difference(Buffer.from('welcome\nto a\nhost\n'), Buffer.from('welcome\nto b\nhost\n'))).toBe(
    [
      '  mode  0644 -> 0755',
      '',
      '--- a/etc/motd',
      '+++ b/etc/motd',
      '@@ -1,3 +1,3 @@',
      ' welcome',
      '-to a',
      '+to b',
      ' host',
      '',
    ].join('\n'),
  );
});

test('a deleted file is shown as removed lines', async () => {
  expect(await difference(Buffer.from('x\n'), null)).toContain('+++ /dev/null\n@@ -1 +0,0 @@\n-x\n');
});

test('digests tell binary and large files apart, and equal ones', async () => {
  const sha256 = (text: string): string => `sha256:${text}`;
  expect(await difference(Buffer.from('a\0'), Buffer.from('b\0'))).toContain(
    [
      '  binary files',
      `  before  ${sha256('ffe9aaeaa2a2d5048174df0b80599ef0197ec024c4b051bc9860cff58ef7f9f3')}`,
      `  after   ${sha256('1e57b933b0a78203e21d41cc4b16d731b255b04058d48a4ac2731f0089312129')}`,
      '',
    ].join('\n'),
  );
  const large = Buffer.alloc(1024 * 1024 + 1, 'a');
  expect(await difference(large, Buffer.from('b'))).toContain('more than 1048576 bytes');
  expect(await difference(large, large)).toContain('both versions have the same content');
});

test('added and removed lines have styles', () => {
  expect(['+a', '-b', '@@ -1 +1 @@', ' c'].map(patchStyle)).toEqual(['added', 'deleted', 'bold', 'plain']);
});
