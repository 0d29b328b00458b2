import { escapeJsonText } from '@layers/core/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeBytesForTerminal, escapeForTerminal, escapeName } from '../../src/output/escape.ts';

const RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe('escapeForTerminal', () => {
  it.each([
    ['plain text', 'plain text'],
    ['größe 日本語', 'größe 日本語'],
    ['\x1b[31mred\x1b]0;title\x07', '\\x1b[31mred\\x1b]0;title\\x07'],
    ['a\nb\tc\rd', 'a\\nb\\tc\\rd'],
    ['\x7f\x9b31m', '\\x7f\\x9b31m'],
    ['a\u202egnp.exe', 'a\\u202egnp.exe'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['lone \ud800 half', 'lone \\ud800 half'],
    ['bad \ufffd byte', 'bad \\ufffd byte'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['C:\\dir', 'C:\\dir'],
  ])('shows %j as %j', (text, escaped) => {
    expect(escapeForTerminal(text)).toBe(escaped);
  });

  it('leaves no control sequence in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeForTerminal(text)).not.toMatch(RAW);
      }),
    );
  });
});

describe('escapeBytesForTerminal', () => {
  it('shows each byte that is not UTF-8, and escapes the rest', () => {
    const bytes = Uint8Array.of(
      0x61,
      0xff,
      0xc3,
      0xa9,
      0xc3,
      0x1b,
      0xed,
      0xa0,
      0x80,
      0xc0,
      0x80,
      0xf4,
      0x90,
      0x80,
      0x80,
    );
    expect(escapeBytesForTerminal(bytes)).toBe(
      'a\\xffé\\xc3\\x1b\\xed\\xa0\\x80\\xc0\\x80\\xf4\\x90\\x80\\x80',
    );
  });

  it('agrees with the decoder on what is UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString('utf8');
        const isText = Buffer.from(text, 'utf8').equals(Buffer.from(bytes));
        if (isText) expect(escapeBytesForTerminal(bytes)).toBe(escapeForTerminal(text));
        expect(escapeBytesForTerminal(bytes)).not.toMatch(RAW);
      }),
    );
  });

  it('is used for names with bytes in base64', () => {
    expect(escapeName('a\ufffd', Buffer.from([0x61, 0xfe]).toString('base64'))).toBe('a\\xfe');
    expect(escapeName('a\x1b', undefined)).toBe('a\\x1b');
  });
});

describe('escapeJsonText', () => {
  it('leaves no raw control or format character, and the same values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = escapeJsonText(JSON.stringify(value));
        expect(text).not.toMatch(RAW);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('escapes characters that JSON.stringify does not', () => {
    const text = escapeJsonText(JSON.stringify('\x7f\x9b\u202e\u2028\u{e0041}é'));
    expect(text).toBe('"\\u007f\\u009b\\u202e\\u2028\\udb40\\udc41é"');
  });
});
