import { describe, expect, it } from 'vitest';
import { columnsOf, showsUnicode, UNLIMITED } from '../../src/output/terminal-size.ts';

describe('columnsOf', () => {
  it.each([
    [{}, { isTTY: true, columns: 132 }, 132],
    [{ COLUMNS: '60' }, { isTTY: true, columns: 132 }, 60],
    [{ COLUMNS: '60' }, {}, 60],
    [{ COLUMNS: '1' }, {}, 20],
    [{ COLUMNS: 'many' }, {}, UNLIMITED],
    [{}, { isTTY: true }, 80],
    [{}, { isTTY: true, columns: 0 }, 80],
    [{}, {}, UNLIMITED],
  ])('%j on %j: %s', (env, stream, columns) => {
    expect(columnsOf(env, stream)).toBe(columns);
  });
});

describe('showsUnicode', () => {
  it.each([
    [{ LANG: 'de_DE.UTF-8' }, true],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'en_US.utf8' }, true],
    [{ LANG: 'C.UTF-8', LC_ALL: '' }, true],
    [{}, false],
  ])('%j: %s', (env, expected) => {
    expect(showsUnicode(env)).toBe(expected);
  });
});
