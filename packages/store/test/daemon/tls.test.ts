import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daemonEndpoint } from '../../src/daemon/endpoint.ts';
import { pingDaemon } from '../../src/daemon/ping.ts';

/** Self-signed, for localhost, valid for a hundred years. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBejCCASCgAwIBAgIURW81yZCCKPg4iuKwJexL/ljnUtUwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAx
MDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQdEO0qNPP81Pnj/foak3NIfLDQIt8rp36MxFndQbPBYmqQ0Halt1u3
jiO8/vPt07w63hMY7hSAojV+k/qT3+Dno04wTDAPBgNVHRMBAf8EBTADAQH/MBoG
A1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQUmhwq+GOTmvoMS0Ba
F2J6MWvnJ7EwCgYIKoZIzj0EAwIDSAAwRQIgUwqZx4NHRsOj+d17ymAsSC8X3TJB
DEfwOz5QuyeWhZgCIQCXQC1un2+Pv5aQO9lYUiktpD112+ZAFvgXRN0aS/Ee/g==
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgl+p1F/wYTAQya5qe
OcLwQ6cSS1v895DefCqHL5xDLCGhRANCAAQdEO0qNPP81Pnj/foak3NIfLDQIt8r
p36MxFndQbPBYmqQ0Halt1u3jiO8/vPt07w63hMY7hSAojV+k/qT3+Dn
-----END PRIVATE KEY-----`;

let folder = '';
let server: Server;
let host = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layers-tls-'));
  server = createServer(
    { cert: CERTIFICATE, key: KEY, ca: CERTIFICATE, requestCert: true },
    (_, response) => {
      response.writeHead(200, { 'Api-Version': '1.99' }).end('OK');
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  host = `tcp://localhost:${typeof address === 'object' ? address?.port : 0}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ping = (env: Record<string, string>) => pingDaemon(daemonEndpoint({ DOCKER_CONFIG: folder, ...env }));

describe('a Docker Engine behind TLS', () => {
  it('is reached with the certificates of DOCKER_CERT_PATH', async () => {
    for (const name of ['ca.pem', 'cert.pem']) writeFileSync(join(folder, name), CERTIFICATE);
    writeFileSync(join(folder, 'key.pem'), KEY);
    const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
    expect(await ping(env)).toMatchObject({ apiVersion: '1.99' });
  });

  it('is not trusted without them', async () => {
    const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: join(folder, 'none') };
    await expect(ping(env)).rejects.toMatchObject({
      code: 'ERR_LAYERS_DAEMON',
      message: expect.stringContaining('is not trusted'),
    });
  });

  it('is not reached over plain HTTP', async () => {
    await expect(ping({ DOCKER_HOST: host })).rejects.toMatchObject({ code: 'ERR_LAYERS_DAEMON' });
  });
});
