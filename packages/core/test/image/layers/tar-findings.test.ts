import { gzipSync } from 'node:zlib';
import { walkTar } from '@layers/tar';
import { ofType, patched } from '@layers/testing/layer-parts';
import { buildEntry, buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { sniffCompression } from '../../../src/compression/sniff.ts';
import type { LayerIndex } from '../../../src/image/layers/layer-index.ts';
import { LayerSink } from '../../../src/image/layers/layer-sink.ts';
import type { Changeset } from '../../../src/rootfs/changeset.ts';
import { ChangesetIndexer } from '../../../src/rootfs/changeset-indexer.ts';

/** Layers that Docker, containerd or podman refuse, or read in another way. */

const END = Buffer.alloc(1024);
const block = Buffer.alloc(512);
const a = buildEntry({ path: 'a', data: Buffer.from('content') });
const b = buildEntry({ path: 'b' });

/** Returns a PAX header with this body. */
const pax = (body: string): Buffer =>
  ofType(buildEntry({ path: 'PaxHeaders/x', data: Buffer.from(body, 'latin1') }), 'x');
const record = (text: string): string => {
  const length = text.length + 2;
  return `${length + String(length + 1).length} ${text}\n`;
};

function sunk(blob: Uint8Array): LayerIndex {
  const options = { storedDigests: [], tarDigests: ['sha256'], fingerprintKey: null } as const;
  const sink = new LayerSink(sniffCompression(blob.subarray(0, 16)), options, 'portable');
  for (let at = 0; at < blob.length; at += 700) sink.write(blob.subarray(at, at + 700));
  return sink.end();
}

function walked(tar: Uint8Array): Changeset {
  const indexer = new ChangesetIndexer();
  const read = (target: Uint8Array, position: number): number => {
    const part = tar.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
  const onWarning = indexer.warn.bind(indexer);
  for (const entry of walkTar({ size: tar.length, read }, { onWarning, ignoreGlobals: true }))
    indexer.add(entry);
  return indexer.finish();
}

const codesOf = ({ findings }: Changeset): string[] => findings.map(({ code }) => code);

describe('a layer with', () => {
  test.each<[string, readonly Uint8Array[], string[]]>([
    ['a contiguous file', [ofType(a, '7'), END], ['unsupported-type']],
    [
      'a dump directory',
      [ofType(buildEntry({ path: 'd/', type: 'directory' }), 'D'), END],
      ['unsupported-type'],
    ],
    ['a sparse file of GNU tar', [sparse(), END], ['unsupported-type']],
    ['a whiteout of the type 7', [ofType(buildEntry({ path: '.wh.a' }), '7'), END], ['unsupported-type']],
    ['an access time in another notation', [pax(record('atime=1e3')), a, END], ['invalid-number']],
    ['a time of change that is a word', [pax(record('ctime=soon')), a, END], ['invalid-number']],
    ['an owner in another notation', [pax(record('uid=1e3')), a, END], ['invalid-number']],
    [
      'a mode that is not octal',
      [patched(a, (header) => void header.write('9', 100)), END],
      ['invalid-number'],
    ],
    ['an owner with a sign, as Go accepts it', [pax(record('uid=+5')), a, END], []],
    ['a record with a wrong length', [pax('9 a=b\n'), a, END], ['invalid-pax-record']],
    ['a record without a key', [pax(record('=b')), a, END], ['invalid-pax-record']],
    ['a record with a NUL in its key', [pax(record('a\0=b')), a, END], ['invalid-pax-record']],
    ['a NUL in the name of the owner', [pax(record('uname=a\0b')), a, END], ['invalid-pax-record']],
    ['a NUL in a path', [pax(record('path=a\0b')), a, END], ['invalid-pax-record']],
    ['NULs after the records', [pax(`${record('path=c')}\0\0`), a, END], ['invalid-pax-record']],
    ['text after the records', [pax(`${record('path=c')}more`), a, END], ['invalid-pax-record']],
    ['a single block of zeros', [a, block, b, END], ['lone-zero-block']],
    ['a single block of zeros at its start', [block, a, END], ['lone-zero-block']],
    ['a second tar after its end', [a, END, b, END], ['tar-trailing-data']],
    ['text after its end', [a, END, Buffer.from('more')], ['tar-trailing-data']],
    ['many zeros after its end', [a, END, Buffer.alloc(20_000)], []],
    ['one block of zeros at its end', [a, block], ['tar-oddity']],
  ])('%s has its finding, read in any way', (_, parts, codes) => {
    const tar = Buffer.concat(parts);
    expect(codesOf(walked(tar))).toEqual(codes);
    for (const blob of [tar, gzipSync(tar)]) {
      const { problem, changeset } = sunk(blob);
      expect([problem, codesOf(changeset)]).toEqual([null, codes]);
    }
  });

  test.each([
    ['a byte', Buffer.from('x')],
    ['text', Buffer.from('more'.repeat(1000))],
    ['zeros and text', Buffer.from('\0\0\0more')],
    ['half of the magic number of gzip', Buffer.from('\x1f\x8cmore', 'latin1')],
  ])('%s after its gzip data is read, with a finding', (_, junk) => {
    const { problem, changeset, diffIds } = sunk(Buffer.concat([gzipSync(buildTar([{ path: 'a' }])), junk]));
    expect([problem, changeset.count, diffIds.length]).toEqual([null, 1, 1]);
    expect(codesOf(changeset)).toEqual(['gzip-trailing-data']);
  });
});

/** A sparse file in GNU's own format: 3 bytes of 1,000. */
function sparse(): Buffer {
  return patched(ofType(buildEntry({ path: 's', data: Buffer.from('abc') }), 'S'), (header) => {
    header.write('ustar  \0', 257, 'latin1');
    header.write('00000000000\0' + '00000000003\0', 386, 'latin1');
    header.write('00000001750\0', 483, 'latin1');
  });
}
