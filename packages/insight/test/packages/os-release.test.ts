import { describe, expect, it } from 'vitest';
import { parseOsRelease } from '../../src/packages/os-release.ts';

describe('os-release', () => {
  it.each([
    ['ID=a\nVERSION_ID=1\n', { id: 'a', versionId: '1', prettyName: null }],
    [
      '# comment\r\nPRETTY_NAME="A \\"b\\" \\$c"\r\nID=\'a\'\r\n',
      { id: 'a', versionId: null, prettyName: 'A "b" $c' },
    ],
    ['ID=a\nID=b', { id: 'b', versionId: null, prettyName: null }],
    ['ID=""\nVERSION_ID=1', null],
    ['ID=a b', null],
    ['id=a', null],
    ['', null],
  ])('%j', (text, expected) => expect(parseOsRelease(text)).toEqual(expected));
});
