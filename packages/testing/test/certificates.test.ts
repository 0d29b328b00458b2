import { X509Certificate } from 'node:crypto';
import { createCertificates } from '@layers/testing/certificates';
import { plainRequest } from '@layers/testing/plain-request';
import { expect, test } from 'vitest';
import { useRegistries } from './registry/registry-client.ts';

const start = useRegistries();
const { ca, server, client } = createCertificates();

test('the authority issues the certificates of servers and clients', () => {
  const authority = new X509Certificate(ca);
  const certificate = new X509Certificate(server.cert);
  expect([authority.ca, certificate.ca]).toEqual([true, false]);
  for (const { cert } of [server, client]) {
    const issued = new X509Certificate(cert);
    expect([issued.checkIssued(authority), issued.verify(authority.publicKey)]).toEqual([true, true]);
  }
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkHost('example.com')).toBeUndefined();
});

test('all servers of a registry use the certificate', async () => {
  const registry = await start({ tls: server, behaviour: { redirectBlobs: true } });
  for (const origin of [registry.origin, registry.blobsOrigin, registry.tokensOrigin]) {
    expect(origin).toMatch(/^https:/);
    expect((await plainRequest(origin, { tls: { ca } })).status).toBeGreaterThan(200);
    await expect(plainRequest(origin)).rejects.toThrow(/certificate/);
  }
});

test('responses and requests are cut by TLS, too', async () => {
  const registry = await start({ tls: server });
  const url = `${registry.origin}/v2/a/blobs/${registry.storage.addBlob('a', Buffer.alloc(1000))}`;
  for (const reset of [false, true]) {
    registry.faults = () => ({ kind: 'cut-response', after: 500, reset });
    expect(await plainRequest(url, { tls: { ca } })).toMatchObject({ status: 200, isWhole: false });
    registry.faults = () => ({ kind: 'cut-request', after: 500, reset });
    await expect(plainRequest(url, { tls: { ca } })).rejects.toThrow();
  }
  registry.faults = null;
  expect((await plainRequest(url, { tls: { ca } })).isWhole).toBe(true);
});

test('a client needs a certificate of the authority where it is required', async () => {
  const registry = await start({ tls: { ...server, clientCa: ca } });
  const url = `${registry.origin}/v2/`;
  expect((await plainRequest(url, { tls: { ca, ...client } })).status).toBe(200);
  await expect(plainRequest(url, { tls: { ca } })).rejects.toThrow();
  const other = createCertificates().client;
  await expect(plainRequest(url, { tls: { ca, ...other } })).rejects.toThrow();
});
