import { diffOf, file } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';

const scratch = useScratch();

test('a database of one image alone counts, even if both have an equal other one', async () => {
  const apk = file('lib/apk/db/installed', 'P:one\nV:1\nA:x\n\n');
  const dpkg = file(
    'var/lib/dpkg/status',
    'Package: two\nStatus: install ok installed\nVersion: 2\nArchitecture: y\n',
  );
  const only = { only: ['packages'] } as const;
  const added = await diffOf(scratch, [[apk]], [[apk, dpkg]], only);
  expect(added.packages).toMatchObject({ unchanged: false, changes: [{ name: 'two', change: 'added' }] });
  const removed = await diffOf(scratch, [[apk, dpkg]], [[apk]], only);
  expect(removed.packages).toMatchObject({ unchanged: false, changes: [{ name: 'two', change: 'removed' }] });
});
