import { bytesOf, END, entryWith, GNU, header, join, pax } from '@layers/testing/raw-tar';
import { describe, expect, it } from 'vitest';
import { createTarParser } from '../src/parser.ts';
import { text } from './support/read.ts';

describe('createTarParser', () => {
  it('calls in order: header bytes, entry, data, end', () => {
    const calls: string[] = [];
    const parser = createTarParser({
      onHeaderBytes: (bytes) => calls.push(`header ${bytes.length}`),
      onEntry: ({ path }) => calls.push(`entry ${text(path)}`),
      onData: (bytes) => calls.push(`data ${text(bytes)}`),
      onEntryEnd: () => calls.push('end'),
    });
    parser.write(join(pax(['path', 'a']), entryWith({}, 'data'), header({ name: 'b' }), END));
    parser.end();
    expect(calls).toEqual([
      'header 512',
      'header 9',
      'header 503',
      'header 512',
      'entry a',
      'data data',
      'end',
      'header 512',
      'entry b',
      'end',
    ]);
  });

  it('passes data on as views of the piece, without copying', () => {
    const piece = join(entryWith({}, 'x'.repeat(2000)), END);
    const seen: [ArrayBufferLike, number, number][] = [];
    createTarParser({
      onEntry: () => undefined,
      onData: (bytes) => seen.push([bytes.buffer, bytes.byteOffset, bytes.length]),
    }).write(piece);
    expect(seen).toEqual([[piece.buffer, 512, 2000]]);
  });

  it('does not use a piece after `write`, also where it is a Buffer', () => {
    const more = Buffer.alloc(512);
    const sparse = header({
      name: 'sparse-name',
      typeflag: 'S',
      magic: GNU,
      at: { 482: '\x01', 483: '00000000000\0' },
    });
    const tar = join(
      pax(['path', 'pax-name'], ['SCHILY.xattr.user.a', 'value']),
      header(),
      sparse,
      more,
      END,
    );
    const seen: string[] = [];
    const parser = createTarParser({
      onEntry: ({ path, xattrs }) =>
        seen.push(text(path), ...[...(xattrs ?? [])].map(([key, value]) => key + text(value))),
    });
    const reused = Buffer.alloc(512);
    for (let at = 0; at < tar.length; at += 512) {
      reused.set(tar.subarray(at, at + 512));
      parser.write(reused);
      reused.fill(0xa5);
    }
    parser.end();
    expect(seen).toEqual(['pax-name', 'user.avalue', 'sparse-name']);
  });

  it('requires only the handler of entries', () => {
    const parser = createTarParser({ onEntry: () => undefined });
    parser.write(
      join(
        pax(['path', 'x'], ['uid', 'bad']),
        header({ mode: 'junk' }),
        new Uint8Array(512),
        entryWith({}, 'data'),
        END,
      ),
    );
    parser.end();
    expect(parser.ended).toBe(true);
  });

  it('reports the end marker and ignores the bytes after it', () => {
    const paths: string[] = [];
    const parser = createTarParser({ onEntry: ({ path }) => paths.push(text(path)) });
    parser.write(join(header(), END.subarray(0, 1023)));
    expect(parser.ended).toBe(false);
    parser.write(new Uint8Array(1));
    expect(parser.ended).toBe(true);
    parser.write(join(header({ name: 'later' }), bytesOf('garbage')));
    parser.end();
    expect(paths).toEqual(['f']);
  });

  it('accepts empty pieces', () => {
    const paths: string[] = [];
    const parser = createTarParser({ onEntry: ({ path }) => paths.push(text(path)) });
    for (const piece of [new Uint8Array(0), header(), new Uint8Array(0), END]) parser.write(piece);
    parser.end();
    expect(paths).toEqual(['f']);
  });

  it('does not catch errors of handlers', () => {
    const parser = createTarParser({
      onEntry() {
        throw new TypeError('mine');
      },
    });
    expect(() => parser.write(header())).toThrow(new TypeError('mine'));
  });
});
