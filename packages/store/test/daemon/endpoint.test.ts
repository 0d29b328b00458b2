import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daemonEndpoint } from '../../src/daemon/endpoint.ts';

let home = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'layers-docker-config-'));
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

const code = (text: string) => expect.objectContaining({ code: text });

describe('the Docker Engine of DOCKER_HOST', () => {
  const of = (host: string, more: Record<string, string> = {}) =>
    daemonEndpoint({ HOME: home, DOCKER_HOST: host, ...more }).address;

  it('is a socket, a named pipe, or a TCP address', () => {
    expect(of('unix:///run/d.sock')).toEqual({ kind: 'socket', path: '/run/d.sock' });
    expect(of('npipe:////./pipe/docker_engine')).toEqual({ kind: 'socket', path: '//./pipe/docker_engine' });
    expect(of('tcp://h:1')).toEqual({ kind: 'tcp', hostname: 'h', port: 1, basePath: '', tls: null });
  });

  it('uses the default ports of docker', () => {
    expect(of('tcp://h')).toMatchObject({ port: 2375, tls: null });
    expect(of('tcp://h', { DOCKER_TLS_VERIFY: '1' })).toMatchObject({
      port: 2376,
      tls: { rejectUnauthorized: true },
    });
    expect(of('h:80')).toMatchObject({ hostname: 'h', port: 80 });
    expect(of('https://h')).toMatchObject({ port: 443, tls: { rejectUnauthorized: true } });
    expect(of('http://h')).toMatchObject({ port: 80, tls: null });
  });

  it('accepts an IPv6 address and a path', () => {
    expect(of('tcp://[::1]:2375/docker/')).toMatchObject({
      hostname: '::1',
      port: 2375,
      basePath: '/docker',
    });
  });

  it('uses the certificates of DOCKER_CERT_PATH', () => {
    const folder = join(home, 'certs');
    mkdirSync(folder);
    writeFileSync(join(folder, 'ca.pem'), 'CA');
    const { tls } = { tls: null, ...of('tcp://h', { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder }) };
    expect(tls).toEqual({ ca: 'CA', rejectUnauthorized: true });
  });

  it('explains how to forward the socket of an ssh:// address', () => {
    expect(() => of('ssh://me@host')).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_TRANSPORT', hint: expect.stringContaining('ssh -nNT -L') }),
    );
  });

  it.each(['unix://', 'ftp://h', 'tcp://', 'tcp://a b', 'tcp://h?x', 'tcp://me@h', 'tcp://h:99999'])(
    'refuses %s',
    (host) => {
      expect(() => of(host)).toThrow(code('ERR_LAYERS_USAGE'));
    },
  );
});

describe('the Docker Engine of a context', () => {
  function addContext(name: string, meta: unknown): void {
    const id = createHash('sha256').update(name).digest('hex');
    mkdirSync(join(home, '.docker/contexts/meta', id), { recursive: true });
    writeFileSync(join(home, '.docker/contexts/meta', id, 'meta.json'), JSON.stringify(meta));
  }

  it('is the default socket without a context', () => {
    expect(daemonEndpoint({ HOME: home }).host).toMatch(/docker/);
    expect(daemonEndpoint({ HOME: home, DOCKER_CONTEXT: 'default', DOCKER_HOST: '' }).address.kind).toBe(
      'socket',
    );
  });

  it('is that of DOCKER_CONTEXT, else of config.json; DOCKER_HOST takes precedence', () => {
    addContext('near', { Endpoints: { docker: { Host: 'unix:///near.sock' } } });
    addContext('far', { Endpoints: { docker: { Host: 'tcp://far:2376', SkipTLSVerify: true } } });
    writeFileSync(join(home, '.docker/config.json'), '{"currentContext":"near"}');
    expect(daemonEndpoint({ HOME: home }).host).toBe('unix:///near.sock');
    expect(daemonEndpoint({ HOME: home, DOCKER_CONTEXT: 'far' }).host).toBe('tcp://far:2376');
    expect(daemonEndpoint({ HOME: home, DOCKER_CONTEXT: 'default' }).host).not.toBe('unix:///near.sock');
    expect(daemonEndpoint({ HOME: home, DOCKER_HOST: 'tcp://h', DOCKER_CONTEXT: 'far' }).host).toBe(
      'tcp://h',
    );
  });

  it('uses the certificates of the context', () => {
    const id = createHash('sha256').update('far').digest('hex');
    mkdirSync(join(home, '.docker/contexts/tls', id, 'docker'), { recursive: true });
    writeFileSync(join(home, '.docker/contexts/tls', id, 'docker/key.pem'), 'KEY');
    expect(daemonEndpoint({ HOME: home, DOCKER_CONTEXT: 'far' }).address).toMatchObject({
      tls: { key: 'KEY', rejectUnauthorized: false },
    });
  });

  it('is an error if the context is missing or damaged', () => {
    expect(() => daemonEndpoint({ HOME: home, DOCKER_CONTEXT: 'gone' })).toThrow(code('ERR_LAYERS_DAEMON'));
    addContext('odd', { Endpoints: [] });
    expect(() => daemonEndpoint({ HOME: home, DOCKER_CONTEXT: 'odd' })).toThrow(code('ERR_LAYERS_DAEMON'));
  });
});
