import { gzipSync } from 'node:zlib';
import { buildTar } from '@layers/testing/tar-builder';
import { expect, test } from 'vitest';
import { indexBytes } from '../../../src/image/layers/layer-sink.ts';
import { noDigests } from '../../support/archive-readers.ts';

const problemOf = (bytes: Uint8Array) => indexBytes(bytes, noDigests).problem;

test.each([
  ['an HTML page', Buffer.from('<html>login</html>')],
  ['a zip archive', Buffer.from(`PK\x03\x04${'\x02'.repeat(900)}`)],
  ['text', Buffer.from('hello '.repeat(100))],
])('a layer that is %s is not a tar, also inside gzip', (kind, bytes) => {
  const problem = { code: 'ERR_LAYERS_NOT_A_TAR', message: `not a tar, but ${kind}` };
  expect(problemOf(bytes)).toMatchObject(problem);
  expect(problemOf(gzipSync(bytes))).toMatchObject(problem);
});

test('a tar with a damaged first header stays damaged', () => {
  const tar = buildTar([{ path: 'MZ.exe', data: Buffer.from('x') }]);
  const damaged = Buffer.from(tar);
  damaged[120] = 0x41;
  expect(problemOf(damaged)).toMatchObject({ code: 'ERR_LAYERS_TAR_CHECKSUM', offset: 0 });
  for (const length of [3, 100, 300, 511]) {
    expect(problemOf(buildTar([{ path: 'etc/motd' }]).subarray(0, length))).toMatchObject({
      code: 'ERR_LAYERS_TAR_TRUNCATED',
    });
  }
});
