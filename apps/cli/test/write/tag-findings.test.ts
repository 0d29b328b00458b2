import { describe, expect, it } from 'vitest';
import { findLostTags } from '../../src/write/tag-findings.ts';

const lost = (tag: string, format: 'hybrid' | 'docker' | 'oci' | 'oci-dir'): number =>
  findLostTags([{ tags: ['app:1', tag] }], format).length;

describe('findLostTags', () => {
  it('finds names that the format cannot contain', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const formats = ['hybrid', 'docker', 'oci', 'oci-dir'] as const;
    const table = (tag: string): number[] => formats.map((format) => lost(tag, format));
    expect(table('app:2')).toEqual([0, 0, 0, 0]);
    for (const bare of ['latest', 'UPPER', 'v1.0']) expect(table(bare)).toEqual([1, 1, 0, 0]);
    expect(table('Not:Valid')).toEqual([1, 1, 0, 0]);
    expect(table(`app:1@${digest}`)).toEqual([1, 1, 1, 1]);
    expect(table(`app@${digest}`)).toEqual([1, 1, 1, 1]);
    expect(findLostTags([{ tags: ['UPPER', `app@${digest}`] }], 'store')).toHaveLength(1);
  });

  it('finds literal names of a layout that no tag contains', () => {
    const lostOf = (tags: readonly string[], refNames: readonly string[], all = tags): string[] =>
      findLostTags([{ tags, read: { tags: all, refNames } }], 'store').map(({ message }) => message);
    expect(lostOf(['shop:2'], ['renamed', 'other:2'])).toEqual([
      'the name "renamed" is not written: the image is also named shop:2, which is',
      'the name "other:2" is not written: the image is also named shop:2, which is',
    ]);
    expect(lostOf(['shop:2', 'app:latest'], ['2', 'shop:2', 'docker.io/library/shop:2', 'app'])).toEqual([]);
    expect(lostOf([], [`app@sha256:${'a'.repeat(64)}`])).toEqual([
      `the name "app@sha256:${'a'.repeat(64)}" is not written: it has a digest, and no tag`,
    ]);
    expect(lostOf(['shop:2'], ['renamed'], ['shop:2', 'other:1'])).toEqual([]);
  });
});
