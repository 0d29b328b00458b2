import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { afterAll, describe, expect, it } from 'vitest';
import { findSharedTags } from '../../src/write/tag-findings.ts';

const scratch = mkdtempSync(join(tmpdir(), 'layers-shared-tags-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const images = (...tags: string[][]) => tags.map((each) => ({ tags: each }));

describe('findSharedTags', () => {
  it('finds tags that several images of an OCI layout would have', () => {
    const found = findSharedTags(images(['a:latest', 'a:1'], ['b:latest'], ['c', 'c:2']), 'oci-dir');
    expect(found).toEqual([
      {
        code: 'ambiguous-tag',
        severity: 'warning',
        message: expect.stringContaining('latest names 2 images of the layout: a:latest, b:latest;'),
      },
    ]);
    expect(findSharedTags(images(['a:1'], ['1']), 'oci')).toHaveLength(1);
  });

  it('finds nothing if the tags differ, or in formats with full names', () => {
    expect(findSharedTags(images(['a:1'], ['a:2'], []), 'oci')).toEqual([]);
    expect(findSharedTags(images(['a:1', 'b:1']), 'oci')).toEqual([]);
    for (const form of ['hybrid', 'docker'] as const) {
      expect(findSharedTags(images(['a:1'], ['b:1']), form)).toEqual([]);
    }
  });
});

describe('layers repack', () => {
  const two = join(examples, 'two-images.tar');
  const warning = /^warning: 2\.0 names 2 images of the layout: bramble-web:2\.0, bramble-worker:2\.0; .+\n$/;

  it('warns of a tag that names two images of a layout', () => {
    const run = layers(['repack', two, '--all', '-o', `oci:${join(scratch, 'layout')}`, '--json']);
    expect([run.status, run.stderr]).toEqual([0, expect.stringMatching(warning)]);
    expect(JSON.parse(run.stdout).findings).toMatchObject([{ code: 'ambiguous-tag', severity: 'warning' }]);
  });

  it('does not warn with -q, nor in formats with full names', () => {
    const quiet = ['repack', two, '--all', '-o', `oci-archive:${join(scratch, 'a.tar')}`, '-q'];
    expect(layers(quiet)).toMatchObject({ status: 0, stderr: '' });
    expect(layers(['repack', two, '--all', '-o', join(scratch, 'b.tar')])).toMatchObject({ stderr: '' });
  });
});
