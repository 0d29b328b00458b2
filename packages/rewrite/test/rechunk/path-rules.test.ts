import { describe, expect, it } from 'vitest';
import { componentOfPath, dpkgPackageOf } from '../../src/rechunk/path-rules.ts';

describe('the component of a path without a package of the distribution', () => {
  it.each([
    ['/app/node_modules/@s/x/lib/a.js', 'npm /app/node_modules/@s/x'],
    ['/app/node_modules/x/node_modules/y/a.js', 'npm /app/node_modules/x/node_modules/y'],
    [
      '/usr/lib/python3/site-packages/Foo_bar-1.2.dist-info/RECORD',
      'python /usr/lib/python3/site-packages/foo-bar',
    ],
    ['/usr/lib/python3/site-packages/foo_bar/a.py', 'python /usr/lib/python3/site-packages/foo-bar'],
    ['/usr/lib/python3/site-packages/six.py', 'python /usr/lib/python3/site-packages/six'],
    ['/var/lib/gems/3.1.0/gems/rack-2.2.4/lib/rack.rb', 'gem /var/lib/gems/3.1.0/rack'],
    ['/var/lib/gems/3.1.0/specifications/rack-2.2.4.gemspec', 'gem /var/lib/gems/3.1.0/rack'],
    ['/root/go/pkg/mod/example.org/m@v1.2.3/a.go', 'go /root/go/pkg/mod/example.org/m'],
    ['/srv/app/src/a/b.js', '/srv/app'],
    ['/usr/local/lib/x/y', '/usr/local/lib'],
    ['/file', '/'],
    ['/var/cache/apt/pkgcache.bin', 'databases and caches'],
    ['/etc/machine-id', 'databases and caches'],
    ['/etc/passwd', 'databases and caches'],
    ['/etc/passwd.d/a', '/etc/passwd.d'],
    ['/app/__pycache__/a.pyc', 'compiled /app/__pycache__'],
    ['/x/site-packages/a/__pycache__/a.pyc', 'compiled python /x/site-packages/a'],
  ])('%s is %s', (path, name) => {
    expect(componentOfPath(path, 100).name).toBe(name);
  });

  it('is the file itself if it is large', () => {
    expect(componentOfPath('/srv/app/bin/server', 2 ** 20).name).toBe('/srv/app/bin/server');
    expect(componentOfPath('/srv/node_modules/x/big', 2 ** 20).name).toBe('npm /srv/node_modules/x');
  });

  it('is the package for files of dpkg about it, but for the list that dpkg writes', () => {
    expect(dpkgPackageOf('/var/lib/dpkg/info/libc6:amd64.md5sums')).toBe('libc6');
    expect(dpkgPackageOf('/var/lib/dpkg/info/apt.postinst')).toBe('apt');
    expect(dpkgPackageOf('/var/lib/dpkg/info/apt.list')).toBeNull();
    expect(dpkgPackageOf('/var/lib/dpkg/status')).toBeNull();
  });
});
