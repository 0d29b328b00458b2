// Debian's docker-registry on the loopback interface, and a proxy that counts the bytes of its clients.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(domain) {
  try {
    return (await fetch(`http://${domain}/v2/`)).status === 200;
  } catch {
    return false;
  }
}

/**
 * Starts a registry with its storage in `folder`. Resolves to `{ domain, empty, tagged, blobFile, stop }` when it answers.
 * `empty` removes all images. `tagged` returns the digest that a tag names, from the storage.
 */
export async function startRegistry(program, folder) {
  const root = mkdtempSync(join(folder, 'registry-'));
  const storage = join(root, 'storage');
  const domain = `127.0.0.1:${await freePort()}`;
  const config = join(root, 'config.yml');
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'error', accesslog: { disabled: true } },
      storage: {
        filesystem: { rootdirectory: storage },
        maintenance: { uploadpurging: { enabled: false } },
      },
      http: { addr: domain, secret: 'of benchmarks' },
    }),
  );
  const empty = () => {
    rmSync(storage, { recursive: true, force: true });
    mkdirSync(storage);
  };
  empty();
  const server = spawn(program, ['serve', config], { stdio: 'ignore' });
  const ended = new Promise((resolve) => {
    server.once('exit', resolve);
    server.once('error', resolve);
  });
  const stop = async () => {
    server.kill('SIGKILL');
    await ended;
    rmSync(root, { recursive: true, force: true });
  };
  const below = join(storage, 'docker/registry/v2');
  for (let turn = 0; turn < 100; turn++) {
    if (await answers(domain)) {
      return {
        domain,
        empty,
        tagged(repository, tag) {
          const link = join(below, 'repositories', repository, '_manifests/tags', tag, 'current/link');
          return existsSync(link) ? readFileSync(link, 'utf8') : null;
        },
        blobFile(digest) {
          const [algorithm, hex] = digest.split(':');
          return join(below, 'blobs', algorithm, hex.slice(0, 2), hex, 'data');
        },
        stop,
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error('docker-registry does not answer');
}

/** Starts a proxy for a registry. `counts` has the bytes of all connections. */
export async function startCounter({ domain }) {
  const [host, port] = domain.split(':');
  const counts = { sent: 0, received: 0 };
  const sockets = new Set();
  const proxy = createServer((client) => {
    const server = connect(Number(port), host);
    for (const [from, to, key] of [
      [client, server, 'sent'],
      [server, client, 'received'],
    ]) {
      sockets.add(from);
      from.setNoDelay();
      from.on('data', (bytes) => {
        counts[key] += bytes.length;
      });
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
      from.pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    domain: `127.0.0.1:${proxy.address().port}`,
    counts,
    async stop() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
