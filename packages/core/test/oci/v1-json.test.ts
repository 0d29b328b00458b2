import { describe, expect, test } from 'vitest';
import { chainOfV1, historyOfV1, parseV1Image, type V1Image } from '../../src/oci/v1-json.ts';
import { hex, v1Image } from './documents.ts';

const parse = (json: unknown) => parseV1Image(json, 'x/json');

describe('parseV1Image', () => {
  test('returns the fields that are used', () => {
    const parsed = parse(v1Image);
    expect(parsed).toMatchObject({ id: hex('1'), parent: hex('2'), author: 'me', variant: 'v2' });
    expect(parsed.config).toBe(v1Image.config);
    expect(parsed.createdBy).toBe('/bin/sh -c #(nop) ADD file:x in /');
    expect(historyOfV1(parsed)).toEqual({
      created: '2014-01-01T00:00:00Z',
      createdBy: '/bin/sh -c #(nop) ADD file:x in /',
      author: 'me',
      comment: 'c',
      emptyLayer: false,
    });
  });

  test.each([null, '', undefined])('the parent %j is undefined', (parent) => {
    expect(parse({ id: hex('1'), parent }).parent).toBeUndefined();
  });

  test('has no instruction without a command', () => {
    expect(parse({ id: hex('1'), container_config: { Cmd: null } }).createdBy).toBeUndefined();
    expect(parse({ id: hex('1'), container_config: null }).createdBy).toBeUndefined();
    expect(parse({ id: hex('1') }).createdBy).toBeUndefined();
  });

  test.each(['', 'x', '../../etc', hex('A'), `${hex('1')}1`])('ids such as %j are refused', (id) => {
    expect(() => parse({ id })).toThrow('x/json: id should be 64 lowercase hexadecimal digits');
    if (id !== '') expect(() => parse({ id: hex('1'), parent: id })).toThrow('x/json: parent should be 64');
  });
});

describe('chainOfV1', () => {
  const finder = (...pairs: readonly (readonly [string, string | undefined])[]) => {
    const images = new Map<string, V1Image>();
    for (const [digit, parent] of pairs) {
      images.set(hex(digit), parse({ id: hex(digit), parent: parent === undefined ? null : hex(parent) }));
    }
    return (id: string) => images.get(id);
  };

  test('returns the layers from the base up', () => {
    const chain = chainOfV1(hex('3'), finder(['3', '2'], ['2', '1'], ['1', undefined], ['9', '1']));
    expect(chain.map((image) => image.id)).toEqual([hex('1'), hex('2'), hex('3')]);
  });

  test('names a missing ancestor', () => {
    expect(() => chainOfV1(hex('2'), finder(['2', '1']))).toThrow(
      `layer "${hex('1')}", an ancestor of "${hex('2')}", is not in the archive`,
    );
  });

  test.each([
    [[['1', '1']]],
    [
      [
        ['1', '2'],
        ['2', '1'],
      ],
    ],
  ] as const)('parents in a circle end, %j', (pairs) => {
    expect(() => chainOfV1(hex('1'), finder(...pairs))).toThrow('form a cycle');
  });

  test('uses the key of a document, not the id in it, so that false ids cannot hide a circle', () => {
    const image = parse({ id: hex('9'), parent: hex('1') });
    expect(() => chainOfV1(hex('1'), () => image)).toThrow('form a cycle');
  });
});
