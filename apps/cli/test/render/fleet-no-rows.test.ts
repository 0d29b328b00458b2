import type { QueryResult } from '@layers/fleet';
import { describe, expect, it } from 'vitest';
import { noRowsText, similarPackages } from '../../src/render/fleet-no-rows.ts';

const packages = async (): Promise<QueryResult> => ({
  columns: [
    { name: 'type', type: 'VARCHAR' },
    { name: 'name', type: 'VARCHAR' },
  ],
  rows: [
    ['dpkg', 'libssl1.1'],
    ['apk', 'ssl_client'],
    ['apk', 'zlib'],
    ['dpkg', 'zlib'],
  ],
});
const unasked = () => Promise.reject(new Error('asked'));

describe('a question without rows', () => {
  it.each([
    ['problems', [], 'no problems'],
    ['stale', [], 'no image is on an older base than others of the same release'],
    ['packages', [], 'no packages'],
  ] as const)('%s %j: %s', async (question, words, text) => {
    expect(await noRowsText(question, words, unasked)).toBe(text);
  });

  it.each([
    [['openssl'], 'no image has a package named openssl; similar names: libssl1.1, ssl_client'],
    [
      ['*openssl*'],
      'no image has a package whose name is like *openssl*; similar names: libssl1.1, ssl_client',
    ],
    [['unlike'], 'no image has a package named unlike'],
    [
      ['zlib', '9'],
      'no image has a version of zlib that begins with 9: layers fleet packages zlib lists the versions',
    ],
  ])('packages %j: %s', async (words, text) => {
    expect(await noRowsText('packages', words, packages)).toBe(text);
  });
});

describe('similar names of packages', () => {
  it('share the longest parts, the shorter names first, at most five', () => {
    const names = ['libssl3', 'libopenssl', 'zlib', 'openssh', 'a-ssl', 'b-ssl', 'c-ssl', 'os'];
    expect(similarPackages('OpenSSL', names)).toEqual(['libopenssl', 'openssh', 'a-ssl', 'b-ssl', 'c-ssl']);
  });
});
