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
    expect(table('latest')).toEqual([0, 1, 0, 0]);
    expect(table('Not:Valid')).toEqual([1, 1, 0, 0]);
    expect(table(`app:1@${digest}`)).toEqual([1, 1, 1, 1]);
    expect(table(`app@${digest}`)).toEqual([1, 1, 1, 1]);
  });
});
