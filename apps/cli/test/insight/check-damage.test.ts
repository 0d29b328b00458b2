import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { expect, it } from 'vitest';

const scratch = useScratch();

it('every report of a damaged image shows the damage, and the verdict agrees with the status', () => {
  const cut = buildTar([{ path: 'b', data: Buffer.alloc(5000, 'x') }]).subarray(0, 2048);
  const image = scratch.file(
    buildDockerArchive(
      { images: [{ tags: ['app:1'], layers: [buildTar([{ path: 'a' }]), cut] }] },
      { form: 'legacy', compression: null },
    ),
    'damaged.tar',
  );
  const report = (name: string): string => join(scratch.folder, name);
  const { status, stdout, stderr } = layers([
    ...['check', '--json', '--forbid-secrets', '--github', '--junit', report('junit.xml')],
    ...['--markdown', report('comment.md'), '--sarif', report('sarif.json'), image],
  ]);
  const { verdict, totals } = JSON.parse(stdout);
  expect([status, verdict, totals]).toEqual([1, 'fail', { fail: 1, warn: 0, pass: 0, skip: 1 }]);
  expect(stderr).toContain('::error title=layers check%3A damage::1 error was found');
  const xml = readFileSync(report('junit.xml'), 'utf8');
  expect(xml).toContain('tests="2" failures="1"');
  expect(xml).toContain('<failure type="damage" message="1 error was found');
  expect(xml).toContain('<skipped message="not known: layer 1 could not be read"/>');
  const comment = readFileSync(report('comment.md'), 'utf8');
  expect(comment).toContain('### Image check: the image is damaged\n');
  expect(comment).toContain('| damage | **failed** |');
  expect(JSON.parse(readFileSync(report('sarif.json'), 'utf8')).runs[0].results).toMatchObject([
    { ruleId: 'damage', level: 'error' },
  ]);
  const text = layers(['check', '--forbid-secrets', image]);
  expect([text.status, text.stdout]).toEqual([1, expect.stringContaining('verdict  FAIL · 1 failed')]);
});
