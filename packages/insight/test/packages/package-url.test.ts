import { describe, expect, it } from 'vitest';
import { type PackageUrlParts, packageUrl } from '../../src/packages/package-url.ts';

const DEBIAN = { id: 'debian', versionId: '12', prettyName: null };
const parts = (type: PackageUrlParts['type'], name: string, version: string | null): PackageUrlParts => ({
  type,
  namespace: null,
  name,
  version,
  architecture: null,
  source: null,
  platform: null,
});

describe('a package URL', () => {
  it.each([
    [parts('npm', '@scope/name', '1.0'), 'pkg:npm/%40scope/name@1.0'],
    [parts('npm', 'plain', null), 'pkg:npm/plain'],
    [parts('pypi', 'Foo_.Bar', '1.0+local'), 'pkg:pypi/foo-bar@1.0%2Blocal'],
    [parts('gem', 'a', '1'), 'pkg:gem/a@1'],
    [{ ...parts('gem', 'a', '1'), platform: 'x86_64-linux' }, 'pkg:gem/a@1?platform=x86_64-linux'],
    [
      parts('golang', 'github.com/A/b/v2', 'v2.0.0+incompatible'),
      'pkg:golang/github.com/A/b/v2@v2.0.0%2Bincompatible',
    ],
    [{ ...parts('maven', 'core', '1'), namespace: 'org.example' }, 'pkg:maven/org.example/core@1'],
    [parts('maven', "a b?#@%/'", '1'), 'pkg:maven/a%20b%3F%23%40%25%2F%27@1'],
  ])('%j is %s', (of, url) => expect(packageUrl(of, DEBIAN)).toBe(url));

  it('of a distribution has the architecture, the distribution and the source', () => {
    const of = { ...parts('dpkg', 'libc6', '1:2.36~1'), architecture: 'amd64' };
    const source = { name: 'glibc', version: '2.36' };
    expect(packageUrl(of, DEBIAN)).toBe('pkg:deb/debian/libc6@1:2.36~1?arch=amd64&distro=debian-12');
    expect(packageUrl({ ...of, source }, DEBIAN)).toMatch(/&upstream=glibc%402\.36$/);
    expect(packageUrl({ ...of, source: { name: 'libc6', version: null } }, null)).toBe(
      'pkg:deb/libc6@1:2.36~1?arch=amd64',
    );
    const rolling = { id: 'Arch', versionId: null, prettyName: null };
    expect(packageUrl(of, rolling)).toBe('pkg:deb/arch/libc6@1:2.36~1?arch=amd64&distro=Arch');
  });

  it('of rpm has the epoch as a qualifier', () => {
    const source = { name: 'a-1-2.src.rpm', version: null };
    const rhel = { id: 'rhel', versionId: '9.4', prettyName: null };
    expect(packageUrl({ ...parts('rpm', 'Foo', '3:1-2'), source }, rhel)).toBe(
      'pkg:rpm/redhat/Foo@1-2?distro=rhel-9.4&epoch=3&upstream=a-1-2.src.rpm',
    );
  });
});
