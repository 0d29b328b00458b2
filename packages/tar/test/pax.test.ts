import { bytesOf, join, record } from '@layers/testing/raw-tar';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePax, parsePax } from '../src/pax.ts';
import type { TarWarning } from '../src/warning.ts';
import { text } from './support/read.ts';

function parse(body: Uint8Array | string) {
  const warnings: TarWarning[] = [];
  const records = parsePax(typeof body === 'string' ? bytesOf(body) : body, 7, (warning) =>
    warnings.push(warning),
  );
  return {
    records: records.map(({ key, value }) => [key, text(value)]),
    warnings: warnings.map(({ message }) => message),
  };
}

describe('PAX records', () => {
  it('are read in order, with values of any bytes', () => {
    const value = bytesOf('\x01\0\0\x02=\n\xff 12 a=b\n');
    const body = join(
      record('SCHILY.xattr.security.capability', value),
      record('path', 'x'),
      record('path', ''),
    );
    expect(parse(body)).toEqual({
      records: [
        ['SCHILY.xattr.security.capability', text(value)],
        ['path', 'x'],
        ['path', ''],
      ],
      warnings: [],
    });
  });

  it('have non-ASCII keys as latin1 text', () => {
    expect(parse(record('SCHILY.xattr.user.caf\xc3\xa9', 'v')).records).toEqual([
      ['SCHILY.xattr.user.caf\xc3\xa9', 'v'],
    ]);
  });

  it('are ignored with a warning where the key is invalid', () => {
    const body = join(record('', 'x'), record('a\0', 'x'), record('k', 'v'));
    expect(parse(body)).toEqual({
      records: [['k', 'v']],
      warnings: [
        'the record at byte 0 of an extended header has an invalid key',
        'the record at byte 5 of an extended header has an invalid key',
      ],
    });
  });

  it.each([
    ['no length', 'path=x\n'],
    ['a length of 0', '0 a=b\n'],
    ['a length that ends inside its own digits', '1 a=b\n'],
    ['a length beyond the header', '99 a=b\n'],
    ['a length of nearly 2^63', '9223372036854775807 a=b\n'],
    ['a negative length', '-6 a=b\n'],
    ['a length that misses the newline', '5 a=b\n'],
    ['no equals sign', '6 abc\n'],
    ['an equals sign only in the next record', '6 abc\n6 a=b\n'],
    ['no space', '6\ta=b\n'],
    ['a hexadecimal length', '0x6 a=b\n'],
    ['NULs for padding', '\0\0\0'],
  ])('end with a warning at a record with %s', (_, bad) => {
    const { records, warnings } = parse(join(record('k', 'v'), bytesOf(bad), record('after', 'x')));
    expect(records).toEqual([['k', 'v']]);
    expect(warnings).toEqual(['malformed record at byte 6 of an extended header']);
  });

  it('are read back as written, also where the length gains a digit by its own digits', () => {
    const key = fc.string({
      unit: fc.integer({ min: 1, max: 255 }).map((c) => String.fromCharCode(c)),
      minLength: 1,
      maxLength: 30,
    });
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.uint8Array({ minLength: 80, maxLength: 110 }),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            key.filter((k) => !k.includes('=')),
            value,
          ),
          { maxLength: 5 },
        ),
        (pairs) => {
          const bytes = encodePax(pairs.map(([k, v]) => ({ key: k, value: v })));
          expect(parse(bytes)).toEqual({ records: pairs.map(([k, v]) => [k, text(v)]), warnings: [] });
          expect(text(bytes)).toBe(text(join(...pairs.map(([k, v]) => record(k, v)))));
        },
      ),
    );
  });

  it.each(['', 'a=b', 'a\0b', 'snow\u2603'])('cannot have the key %j', (key) => {
    expect(() => encodePax([{ key, value: new Uint8Array(0) }])).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_TAR_UNENCODABLE' }),
    );
  });
});
