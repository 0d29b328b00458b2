import { errorOfAsync } from '@layers/testing/errors';
import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../src/hosts/proxy.ts';

const hrefOf = (origin: string, env: Record<string, string>) => proxyFor(origin, env)?.href ?? null;

describe('the proxy of the environment', () => {
  it('depends on the scheme of the origin', () => {
    const env = { HTTP_PROXY: 'http://one:1', HTTPS_PROXY: 'http://two:2' };
    expect(hrefOf('http://h', env)).toBe('http://one:1/');
    expect(hrefOf('https://h', env)).toBe('http://two:2/');
    expect(hrefOf('https://h', { HTTP_PROXY: 'http://one:1', ALL_PROXY: 'http://one:1' })).toBeNull();
    expect(hrefOf('https://h', {})).toBeNull();
  });

  it('has names in upper and lower case', () => {
    expect(hrefOf('https://h', { https_proxy: 'http://p:1' })).toBe('http://p:1/');
    expect(hrefOf('https://h', { https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:1' })).toBe('http://q:1/');
    expect(hrefOf('https://h', { https_proxy: 'http://p:1', HTTPS_PROXY: '' })).toBe('http://p:1/');
    expect(hrefOf('https://h', { HTTPS_PROXY: 'http://p:1', no_proxy: 'h' })).toBeNull();
  });

  it('may lack its scheme, or have credentials', () => {
    expect(hrefOf('https://h', { HTTPS_PROXY: 'p:3128' })).toBe('http://p:3128/');
    expect(hrefOf('https://h', { HTTPS_PROXY: 'u:w@p:3128' })).toBe('http://u:w@p:3128/');
    expect(hrefOf('https://h', { HTTPS_PROXY: 'https://p' })).toBe('https://p/');
  });

  it('is never used for this machine', () => {
    const env = { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://p:1' };
    for (const host of ['localhost:5000', '127.0.0.1', '127.1.2.3:1', '[::1]:5000']) {
      expect(hrefOf(`https://${host}`, env)).toBeNull();
      expect(hrefOf(`http://${host}`, env)).toBeNull();
    }
    expect(hrefOf('https://localhost.example', env)).not.toBeNull();
  });

  it('is not taken from a header of a CGI request', () => {
    const env = { HTTP_PROXY: 'http://evil:1', HTTPS_PROXY: 'http://p:1', REQUEST_METHOD: 'GET' };
    expect(hrefOf('http://h', env)).toBeNull();
    expect(hrefOf('https://h', env)).toBe('http://p:1/');
  });

  it('is an error if it is no URL of a proxy, without its value', async () => {
    for (const value of [
      'socks5://u:hunter2@p:1',
      'http://u:hunter2@',
      'http://u:hunter2@p:999999',
      'hunter2:x:y',
    ]) {
      const error = await errorOfAsync(() => proxyFor('https://h', { HTTPS_PROXY: value }));
      expect(error).toMatchObject({
        code: 'ERR_LAYERS_REGISTRY',
        message: 'HTTPS_PROXY is not the URL of an http or https proxy',
      });
      expect(`${error.stack} ${error.hint}`).not.toContain('hunter2');
    }
  });
});

describe('NO_PROXY', () => {
  const isDirect = (origin: string, list: string) =>
    proxyFor(origin, { HTTPS_PROXY: 'http://p:1', NO_PROXY: list }) === null;

  /** An entry, the hosts that it excludes, and hosts that it does not exclude. */
  const cases: readonly [string, readonly string[], readonly string[]][] = [
    ['*', ['a.example', '10.0.0.1', '[2001:db8::1]'], []],
    ['example.com', ['example.com', 'a.example.com', 'a.b.example.com:5000'], ['badexample.com', 'com']],
    ['EXAMPLE.com', ['example.COM'], []],
    ['.example.com', ['a.example.com'], ['example.com', 'aexample.com']],
    ['*.example.com', ['a.example.com'], ['example.com']],
    ['example.com:5000', ['example.com:5000', 'a.example.com:5000'], ['example.com', 'example.com:500']],
    ['example.com:443', ['example.com'], ['example.com:5000']],
    ['10.0.0.0/8', ['10.1.2.3', '10.255.0.1:5000'], ['11.0.0.1', 'a10.example']],
    ['10.1.2.3', ['10.1.2.3', '10.1.2.3:5000'], ['10.1.2.30', '110.1.2.3']],
    ['10.1.2.3:443', ['10.1.2.3'], ['10.1.2.3:5000']],
    ['2001:db8::/32', ['[2001:db8::1]', '[2001:db8:1::2]:5000'], ['[2001:db9::1]']],
    ['2001:DB8::0:1', ['[2001:db8::1]'], ['[2001:db8::2]']],
    ['[2001:db8::1]:5000', ['[2001:db8::1]:5000'], ['[2001:db8::1]']],
    ['[2001:db8::1]', ['[2001:db8::1]:5000'], []],
    [' a.example , ,b.example', ['a.example', 'b.example'], ['c.example']],
    ['', [], ['a.example']],
    ['10.0.0.0/99,1.2/8,/8,:80,*.,.', [], ['10.0.0.1', '1.2.3.4', 'a.example:80']],
  ];
  it.each(cases)('%j', (list, excluded, others) => {
    for (const host of excluded) expect([host, isDirect(`https://${host}`, list)]).toEqual([host, true]);
    for (const host of others) expect([host, isDirect(`https://${host}`, list)]).toEqual([host, false]);
  });
});
