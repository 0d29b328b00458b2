import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { type HostOptions, registryHosts } from '../../src/hosts/registry-hosts.ts';
import { CERTIFICATE, KEY, OTHER_KEY } from './test-certificate.ts';

const { folder } = useScratch();
const BASE: HostOptions = { env: {}, homeDirectory: '/nonexistent', certsDirectories: [] };
let made = 0;

/** Creates a directory with files, and returns its path. */
function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = join(folder, `directory-${made++}`);
  mkdirSync(directory);
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return directory;
}

const originsOf = (domain: string, options: Partial<HostOptions> = {}) =>
  registryHosts(domain, { ...BASE, ...options }).map(({ origin, httpFallback }) => [origin, httpFallback]);

describe('the servers of a registry', () => {
  it('are its own domain, with https', () => {
    expect(registryHosts('ghcr.io', BASE)).toEqual([
      {
        domain: 'ghcr.io',
        credentialsDomain: 'ghcr.io',
        origin: 'https://ghcr.io',
        httpFallback: null,
        prefix: '',
        isMirror: false,
        tls: { rejectUnauthorized: true },
      },
    ]);
    expect(originsOf('h.example:5000')).toEqual([['https://h.example:5000', null]]);
    expect(originsOf('h.example:443')).toEqual([['https://h.example', null]]);
    expect(originsOf('[2001:db8::1]:5000')).toEqual([['https://[2001:db8::1]:5000', null]]);
  });

  it('is registry-1.docker.io for Docker Hub', () => {
    expect(registryHosts('docker.io', BASE)).toMatchObject([
      { domain: 'docker.io', credentialsDomain: 'docker.io', origin: 'https://registry-1.docker.io' },
    ]);
  });

  it('may use http on this machine', () => {
    for (const host of ['localhost', 'localhost:5000', '127.0.0.1:80', '127.9.9.9', '[::1]:5000']) {
      const http = new URL(`http://${host}`).origin;
      expect(originsOf(host)).toEqual([[new URL(`https://${host}`).origin, http]]);
    }
    for (const host of [
      'localhost.example',
      '127.example',
      '128.0.0.1',
      '[::2]',
      '0.0.0.0',
      '10.0.0.1:5000',
    ]) {
      expect(originsOf(host)).toEqual([[expect.stringMatching(/^https:/), null]]);
    }
  });

  it('may use http and any certificate only if asked for', () => {
    const options = { ...BASE, insecure: true, mirrors: ['http://m.example'] };
    expect(registryHosts('h.example', options)).toMatchObject([
      { origin: 'http://m.example', httpFallback: null, tls: { rejectUnauthorized: false } },
      { origin: 'https://h.example', httpFallback: 'http://h.example', tls: { rejectUnauthorized: false } },
    ]);
  });

  it('are preceded by its mirrors, which have credentials of their own', () => {
    const mirrors = ['m.example:5000/hub/x/', 'https://n.example', 'http://localhost:1'];
    expect(registryHosts('docker.io', { ...BASE, mirrors })).toMatchObject([
      {
        domain: 'docker.io',
        credentialsDomain: 'm.example:5000',
        origin: 'https://m.example:5000',
        prefix: 'hub/x',
        isMirror: true,
      },
      { credentialsDomain: 'n.example', origin: 'https://n.example', prefix: '', isMirror: true },
      { origin: 'http://localhost:1', httpFallback: null, isMirror: true },
      { origin: 'https://registry-1.docker.io', isMirror: false },
    ]);
  });

  it('cannot be other text, which is not quoted', async () => {
    const hosts = [
      '',
      'h/x',
      'u:hunter2@h',
      'h?x',
      'h#x',
      'h:99999',
      'h\n',
      'a b',
      '[::g]',
      'https://h',
      'h:',
    ];
    for (const host of hosts) {
      const error = await errorOfAsync(() => originsOf(host));
      expect(error.code).toBe('ERR_LAYERS_USAGE');
      expect(error.message).not.toContain('hunter2');
    }
    for (const mirror of ['ftp://h', 'h/../x', 'h/X', 'h//x', 'u:hunter2@h/x', 'http://m.example', '/x']) {
      const error = await errorOfAsync(() => originsOf('h', { mirrors: [mirror] }));
      expect(error.code).toBe('ERR_LAYERS_USAGE');
      expect(error.message).not.toContain('hunter2');
    }
  });
});

describe('the certificates of a registry', () => {
  const tlsOf = (domain: string, options: Partial<HostOptions>) =>
    registryHosts(domain, { ...BASE, ...options }).at(-1)?.tls;
  const client = { 'x.cert': CERTIFICATE, 'x.key': KEY };

  it('are those of the first directory with its name', () => {
    const first = directoryWith({ 'h:5000/a.crt': CERTIFICATE, 'h:5000/README': 'x', 'other/b.crt': 'bad' });
    const second = directoryWith({
      'h:5000/x.cert': CERTIFICATE,
      'h:5000/x.key': KEY,
      'g/x.cert': CERTIFICATE,
      'g/x.key': KEY,
    });
    const certsDirectories = ['/nonexistent', first, second];
    expect(tlsOf('h:5000', { certsDirectories })).toEqual({ ca: [CERTIFICATE], rejectUnauthorized: true });
    expect(tlsOf('g', { certsDirectories })).toEqual({
      cert: CERTIFICATE,
      key: KEY,
      rejectUnauthorized: true,
    });
    expect(tlsOf('h', { certsDirectories })).toEqual({ rejectUnauthorized: true });
  });

  it('may have both names of Docker Hub', () => {
    for (const name of ['docker.io', 'registry-1.docker.io']) {
      const certsDirectories = [directoryWith({ [`${name}/a.crt`]: CERTIFICATE })];
      expect(tlsOf('docker.io', { certsDirectories })?.ca).toEqual([CERTIFICATE]);
    }
  });

  it('are found in the directories of podman and docker', () => {
    const homeDirectory = directoryWith({
      '.config/containers/certs.d/a/a.crt': CERTIFICATE,
      '.config/docker/certs.d/b/b.crt': CERTIFICATE,
    });
    for (const name of ['a', 'b']) {
      expect(tlsOf(name, { homeDirectory, certsDirectories: undefined })?.ca).toEqual([CERTIFICATE]);
    }
  });

  it('may be given by the caller', () => {
    const certDir = directoryWith({ 'a.crt': CERTIFICATE, ...client });
    const certsDirectories = [directoryWith({ 'h/a.crt': 'bad' })];
    const all = { ca: [CERTIFICATE], cert: CERTIFICATE, key: KEY, rejectUnauthorized: true };
    expect(tlsOf('h', { certDir, certsDirectories })).toEqual(all);
    const file = (name: string) => join(certDir, name);
    const files = { caFile: file('a.crt'), certFile: file('x.cert'), keyFile: file('x.key') };
    expect(tlsOf('h', files)).toEqual(all);
    expect(tlsOf('h', { certDir, caFile: file('a.crt') })?.ca).toEqual([CERTIFICATE, CERTIFICATE]);
  });

  it('are errors with the name of the file if they cannot be used', async () => {
    const certDir = (files: Record<string, string>) => ({ certDir: directoryWith(files) });
    const dangling = directoryWith({});
    const missing = join(dangling, 'missing');
    symlinkSync(join(missing, 'x'), join(dangling, 'gone.crt'));
    const problems: readonly [Partial<HostOptions>, RegExp][] = [
      [certDir({ 'a.cert': CERTIFICATE }), /a\.cert needs a\.key beside it$/],
      [certDir({ 'a.key': KEY }), /a\.key needs a\.cert beside it$/],
      [certDir({ 'a.crt': 'hunter2' }), /a\.crt is not a certificate in PEM format$/],
      [certDir({ 'x.cert': CERTIFICATE, 'x.key': OTHER_KEY }), /x\.key are not a certificate and its key$/],
      [certDir({ 'x.cert': CERTIFICATE, 'x.key': 'hunter2' }), /x\.key are not a certificate and its key$/],
      [
        certDir({ ...client, 'y.cert': CERTIFICATE, 'y.key': KEY }),
        /several client certificates: x\.cert and y\.cert$/,
      ],
      [{ certDir: dangling }, /cannot read .*gone\.crt: no such file or directory$/],
      [{ certDir: missing }, /cannot read the directory .*\/missing$/],
      [{ caFile: missing }, /cannot read .*\/missing: no such file or directory$/],
      [{ caFile: '/dev/zero' }, /\/dev\/zero has more than/],
      [{ caFile: folder }, /is a directory$/],
    ];
    for (const [options, message] of problems) {
      const error = await errorOfAsync(() => tlsOf('h', options));
      expect(error).toMatchObject({
        code: 'ERR_LAYERS_CREDENTIALS',
        message: expect.stringMatching(message),
      });
      expect(String(error.stack)).not.toContain('hunter2');
    }
    for (const options of [{ certFile: '/x' }, { keyFile: '/x' }]) {
      expect((await errorOfAsync(() => tlsOf('h', options))).code).toBe('ERR_LAYERS_USAGE');
    }
  });
});
