import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as browser from '../../../../src/packages/languages/zip/inflate.browser.ts';
import * as node from '../../../../src/packages/languages/zip/inflate.ts';

const CONTENTS = [
  Buffer.alloc(0),
  Buffer.from('a'),
  Buffer.from('layer '.repeat(20_000)),
  Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * i * 31) % 251)),
];

describe.each([
  ['Node', node],
  ['browsers', browser],
])('decompression in one call: %s', (_, { inflateRaw, inflateZlib }) => {
  it.each(CONTENTS)('returns the content (%#)', (content) => {
    const most = Math.max(1, content.length);
    expect(Buffer.compare(inflateRaw(deflateRawSync(content), most), content)).toBe(0);
    expect(Buffer.compare(inflateZlib(deflateSync(content), most), content)).toBe(0);
  });

  it('ignores what follows the data', () => {
    const data = Buffer.concat([deflateSync(Buffer.from('crates')), Buffer.alloc(64)]);
    expect(Buffer.from(inflateZlib(data, 100)).toString()).toBe('crates');
  });

  it.each([
    ['truncated', deflateRawSync(Buffer.from('layer '.repeat(1000))).subarray(0, -3)],
    ['invalid', Buffer.from([0xff, 0xff, 0xff])],
    ['empty', Buffer.alloc(0)],
    ['too long', deflateRawSync(Buffer.alloc(10_001))],
  ])('refuses data that is %s', (_name, data) => {
    expect(() => inflateRaw(data, 10_000)).toThrow();
  });

  it('refuses a wrong checksum', () => {
    const data = deflateSync(Buffer.from('crates'));
    data.set([(data.at(-1) ?? 0) ^ 1], data.length - 1);
    expect(() => inflateZlib(data, 100)).toThrow();
  });
});
