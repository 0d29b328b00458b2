import { createHash } from 'node:crypto';
import { secretsDocument } from '@layers/insight/secrets';
import { analysed } from '@layers/testing/analysed';
import { archiveOf } from '@layers/testing/diff-archives';
import { pem } from '@layers/testing/made-secrets';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const KEY = Buffer.from(pem('RSA PRIVATE KEY'));

const hash = (algorithm: string, encoding: 'hex' | 'base64' | 'base64url' = 'hex'): string =>
  createHash(algorithm).update(KEY).digest(encoding);

const file = (path: string, data: Uint8Array | string): EntrySpec => ({ path, data: Buffer.from(data) });

/** A file with a key, and the database of a package that has it. */
const PACKAGES: readonly (readonly [string, string, string, readonly EntrySpec[]])[] = [
  [
    'dpkg',
    'libtest',
    'usr/share/libtest/key.pem',
    [file('var/lib/dpkg/info/libtest:amd64.md5sums', `${hash('md5')}  usr/share/libtest/key.pem\n`)],
  ],
  [
    'dpkg',
    'libtest',
    'usr/lib/libtest/key.pem',
    [file('var/lib/dpkg/info/libtest.md5sums', `${hash('md5')}  lib/libtest/key.pem\n`)],
  ],
  [
    'dpkg',
    'libtest',
    'etc/key.pem',
    [file('var/lib/dpkg/status', `Package: libtest\nConffiles:\n /etc/key.pem ${hash('md5')}\n`)],
  ],
  [
    'dpkg',
    'base',
    'etc/key.pem',
    [file('var/lib/dpkg/status.d/base.md5sums', `${hash('md5')}  etc/key.pem\n`)],
  ],
  [
    'apk',
    'test',
    'etc/key.pem',
    [
      file(
        'lib/apk/db/installed',
        `P:test\nV:1\nF:etc\nR:other\nR:key.pem\na:0:0:600\nZ:Q1${hash('sha1', 'base64')}\n`,
      ),
    ],
  ],
  [
    'python',
    'test_pkg',
    'opt/lib/python3.12/site-packages/test_pkg/key.pem',
    [
      file(
        'opt/lib/python3.12/site-packages/test_pkg-1.0.dist-info/RECORD',
        `test_pkg/a.py,,\ntest_pkg/key.pem,sha256=${hash('sha256', 'base64url')},${KEY.length}\n`,
      ),
    ],
  ],
];

async function scan(layers: readonly (readonly EntrySpec[])[], compression: 'gzip' | null = null) {
  const archive = archiveOf(layers, { form: 'hybrid', compression });
  return secretsDocument(await analysed({ path: scratch.file(archive) }), { severity: 'note' });
}

describe.each(PACKAGES)('a file of a package of %s: %s, %s', (system, name, path, database) => {
  it.each([null, 'gzip'] as const)('is a note, with layers compressed with %s', async (compression) => {
    const { secrets } = await scan([[file(path, KEY)], [...database]], compression);
    expect(secrets.map(({ severity, place }) => [severity, 'package' in place && place.package])).toEqual([
      ['note', { system, name }],
    ]);
  });

  it('is an error where it was changed', async () => {
    const changed = Buffer.concat([KEY, Buffer.from('#')]);
    const { secrets } = await scan([[file(path, changed), ...database]]);
    expect(secrets.map(({ severity }) => severity)).toEqual(['error']);
  });

  it('is an error at another path', async () => {
    const { secrets } = await scan([[file(`srv/${path}`, KEY), ...database]]);
    expect(secrets.map(({ severity }) => severity)).toEqual(['error']);
  });
});

describe('secrets in packages', () => {
  it('are counted, and not listed by default', async () => {
    const [, , path, database] = PACKAGES[0] ?? ['', '', '', []];
    const archive = archiveOf([[file(path, KEY), ...database]]);
    const document = await secretsDocument(await analysed({ path: scratch.file(archive) }));
    expect(document.secrets).toEqual([]);
    expect(document.totals).toMatchObject({ hiddenInPackages: 1, hidden: 0 });
  });
});
