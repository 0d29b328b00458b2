import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSelfSigned } from './certificates.ts';
import { plainRequest } from './plain-request.ts';
import type { BearerOptions, Users } from './registry/auth/authentication.ts';
import { signedToken, TOKEN_ISSUER } from './registry/auth/signed-tokens.ts';
import { answerToken } from './registry/auth/token-server.ts';
import { type HttpServer, type ServerTls, startServer } from './registry/http/http-server.ts';
import { RequestLog } from './registry/http/request-log.ts';

export interface DockerRegistryOptions {
  /** The users of Basic authentication, by htpasswd. */
  readonly users?: Users;
  /** Token authentication, with a token server in this process. */
  readonly bearer?: Omit<BearerOptions, 'requestsPerToken' | 'realm'>;
  readonly tls?: ServerTls;
  /** The authority, and a certificate of a client where `tls` requires one, to see that the registry answers. */
  readonly client?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** Debian's docker-registry, which keeps everything in a temporary directory. */
export interface DockerRegistry {
  /** The domain of image names, such as `127.0.0.1:43210`. */
  readonly domain: string;
  readonly origin: string;
  /** The directory of the storage. */
  readonly folder: string;
  /** The requests to the token server. */
  readonly log: RequestLog;
  /** Stops the program, and removes its files. */
  stop(): Promise<void>;
}

/** Starts docker-registry on a free port of the loopback interface, and waits until it answers. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'layers-docker-registry-'));
  const log = new RequestLog();
  const tokens = options.bearer === undefined ? null : await startTokens(folder, options.bearer, log);
  const domain = `127.0.0.1:${await freePort()}`;
  const origin = `${options.tls === undefined ? 'http' : 'https'}://${domain}`;
  const config = join(folder, 'config.yml');
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(configOf(folder, domain, options, tokens?.config ?? null)));
  const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let lastWords = '';
  child.on('error', (error) => {
    lastWords += error.message;
  });
  child.stderr.on('data', (text: Buffer) => {
    lastWords = (lastWords + text.toString()).slice(-2000);
  });

  async function stop(): Promise<void> {
    await ended(child);
    await tokens?.server.stop();
    rmSync(folder, { recursive: true, force: true });
  }

  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && child.exitCode === null && child.pid !== undefined) {
    const answer = await plainRequest(`${origin}/v2/`, { tls: options.client ?? {} }).catch(() => null);
    if (answer !== null) return { domain, origin, folder: join(folder, 'storage'), log, stop };
    await sleep(50);
  }
  await stop();
  throw new Error(`docker-registry did not start:\n${lastWords}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

function configOf(
  folder: string,
  domain: string,
  { users, tls }: DockerRegistryOptions,
  token: Readonly<Record<string, string>> | null,
) {
  const root = join(folder, 'storage');
  mkdirSync(root);
  const auth = {
    ...(users === undefined
      ? {}
      : { htpasswd: { realm: 'tests', path: fileIn(folder, 'htpasswd', htpasswd(users)) } }),
    ...(token === null ? {} : { token }),
  };
  return {
    version: '0.1',
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: root },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: domain, secret: 'of tests', ...(tls === undefined ? {} : { tls: tlsConfig(folder, tls) }) },
    ...(Object.keys(auth).length === 0 ? {} : { auth }),
  };
}

function tlsConfig(folder: string, { cert, key, clientCa }: ServerTls) {
  return {
    certificate: fileIn(folder, 'server.crt', cert),
    key: fileIn(folder, 'server.key', key),
    ...(clientCa === undefined ? {} : { clientcas: [fileIn(folder, 'client-ca.crt', clientCa)] }),
  };
}

/** Returns a file of users as the registry reads it: with bcrypt. */
function htpasswd(users: Users): string {
  const lines = Object.entries(users).map(([user, password]) => {
    const { status, stdout, stderr } = spawnSync('htpasswd', ['-niBC', '4', user], {
      input: password,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`htpasswd: ${stderr}`);
    return stdout.trim();
  });
  return `${lines.join('\n')}\n`;
}

async function startTokens(
  folder: string,
  bearer: BearerOptions,
  log: RequestLog,
): Promise<{ server: HttpServer; config: Readonly<Record<string, string>> }> {
  const { cert, privateKey } = createSelfSigned('tokens of tests');
  const { service = 'registry.test' } = bearer;
  const server = await startServer('tokens', { tls: null, log, faults: () => null }, (call) =>
    answerToken(call, {
      bearer,
      log,
      issue: (scopes, seconds) => signedToken(privateKey, service, scopes, seconds),
    }),
  );
  return {
    server,
    config: {
      realm: `http://127.0.0.1:${server.port}/token`,
      service,
      issuer: TOKEN_ISSUER,
      rootcertbundle: fileIn(folder, 'tokens.crt', cert),
    },
  };
}

function fileIn(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
