import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './processes.ts';

/** A registry of npm that has what is published to it, and passes on other packages from the registry of this machine. */
export interface NpmRegistry {
  readonly url: string;
  /** The environment of programs that use it, with a home directory of its own. */
  env(home: string): NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Starts verdaccio on a free port of the loopback interface, and waits until it answers. */
export async function startNpmRegistry(own: readonly string[]): Promise<NpmRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'layers-npm-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const url = `http://${host}/`;
  const upstream = (await run('npm', ['config', 'get', 'registry'], { cwd: folder })).toString().trim();
  const everyone = { access: '$all', publish: '$all' };
  const config = {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
    uplinks: { upstream: { url: upstream, timeout: '60s', max_fails: 5 } },
    packages: {
      ...Object.fromEntries(own.map((name) => [name, everyone])),
      '**': { access: '$all', proxy: 'upstream' },
    },
    web: { enable: false },
    log: { type: 'stdout', level: 'fatal' },
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'config.yaml'), JSON.stringify(config));
  const server = spawn('verdaccio', ['--config', join(folder, 'config.yaml'), '--listen', host], {
    cwd: folder,
    stdio: 'ignore',
  });
  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null && server.pid !== undefined) {
      const exit = once(server, 'exit');
      server.kill('SIGKILL');
      await exit;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && server.exitCode === null) {
    const response = await fetch(`${url}-/ping`).catch(() => null);
    if (response?.ok === true) return { url, env: (home) => environment(home, host), stop };
    await sleep(100);
  }
  await stop();
  throw new Error('verdaccio did not start');
}

/** What npm reads in the environment and in the home directory of the user would name another registry. */
function environment(home: string, host: string): NodeJS.ProcessEnv {
  mkdirSync(home, { recursive: true });
  // Any token is accepted, but npm publishes nothing without one.
  writeFileSync(
    join(home, '.npmrc'),
    `registry=http://${host}/\n//${host}/:_authToken=any\nupdate-notifier=false\n`,
  );
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:npm_|XDG_)/i.test(name));
  return { ...Object.fromEntries(kept), HOME: home, npm_config_fetch_retries: '0' };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a socket of TCP has a port');
  return address.port;
}
