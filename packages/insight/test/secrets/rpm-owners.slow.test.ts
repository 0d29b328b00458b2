import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretsDocument } from '@layers/insight/secrets';
import { analysed } from '@layers/testing/analysed';
import { archiveOf } from '@layers/testing/diff-archives';
import { pem } from '@layers/testing/made-secrets';
import { needs } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const KEY = Buffer.from(pem('RSA PRIVATE KEY'));

/** Builds a package with a key, and returns the database of a system on which rpm installed it. */
function databaseOfRpm(): Buffer {
  const at = (path: string): string => join(scratch.folder, path);
  mkdirSync(at('root'), { recursive: true });
  scratch.file(KEY, 'key.pem');
  const spec = [
    'Name: keyring\nVersion: 1\nRelease: 1\nSummary: made for tests\nLicense: MIT\nBuildArch: noarch\n%description\nx',
    `%install\nmkdir -p %{buildroot}/usr/share/keyring\ncp ${at('key.pem')} %{buildroot}/usr/share/keyring/test.pem`,
    '%files\n/usr/share/keyring/test.pem\n',
  ];
  writeFileSync(at('keyring.spec'), spec.join('\n'));
  const run = (program: string, ...args: readonly string[]): void => {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  run('rpmbuild', '-bb', '--quiet', '--define', `_topdir ${at('build')}`, at('keyring.spec'));
  const made = at('build/RPMS/noarch/keyring-1-1.noarch.rpm');
  run(
    'rpm',
    '--root',
    at('root'),
    '--dbpath',
    '/var/lib/rpm',
    '--justdb',
    '--nodeps',
    '--noscripts',
    '-i',
    made,
  );
  return readFileSync(at('root/var/lib/rpm/rpmdb.sqlite'));
}

describe('a file of a package of rpm', () => {
  it('is a note, unless it was changed', needs('rpm', 'rpmbuild'), async () => {
    const database = { path: 'var/lib/rpm/rpmdb.sqlite', data: databaseOfRpm() };
    const severities = async (data: Buffer) => {
      const archive = archiveOf([[{ path: 'usr/share/keyring/test.pem', data }, database]]);
      const analysis = await analysed({ path: scratch.file(archive) });
      const { secrets } = await secretsDocument(analysis, { severity: 'note' });
      return secrets.map(({ severity, place }) => [severity, 'package' in place ? place.package : null]);
    };
    expect(await severities(KEY)).toEqual([['note', { system: 'rpm', name: 'keyring' }]]);
    expect(await severities(Buffer.concat([KEY, Buffer.from('#')]))).toEqual([['error', null]]);
  });
});
