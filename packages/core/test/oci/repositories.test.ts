import { describe, expect, test } from 'vitest';
import { parseRepositories } from '../../src/oci/repositories.ts';
import { hex } from './documents.ts';

const parse = (json: unknown) => parseRepositories(json, 'repositories');

describe('parseRepositories', () => {
  test('returns every tag in order', () => {
    const json = { alpine: { latest: hex('1'), '3.8': hex('2') }, 'me/app': { x: hex('1') } };
    expect(parse(json)).toEqual([
      { repository: 'alpine', tag: 'latest', id: hex('1') },
      { repository: 'alpine', tag: '3.8', id: hex('2') },
      { repository: 'me/app', tag: 'x', id: hex('1') },
    ]);
  });

  test('accepts names that are special in JavaScript', () => {
    const json: unknown = JSON.parse(`{"constructor":{"prototype":"1"},"__proto__":{"x":"2"}}`);
    expect(parse(json)).toEqual([
      { repository: 'constructor', tag: 'prototype', id: '1' },
      { repository: '__proto__', tag: 'x', id: '2' },
    ]);
  });

  test('accepts an empty file, and names an invalid value', () => {
    expect(parse({})).toEqual([]);
    expect(() => parse({ 'me/app': { latest: 5 } })).toThrow(
      'repositories: ["me/app"].latest should be a string, but is 5',
    );
    expect(() => parse({ a: null })).toThrow('repositories: a should be an object, but is null');
  });
});
