import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyImage, createRegistryClient } from '@layers/registry';
import { environment } from '@layers/testing/command';
import { startDockerRegistry } from '@layers/testing/docker-registry';
import { needsTerminal, runOnTerminal } from '@layers/testing/documentation/explore-line';
import { dockerClient } from './docker.ts';
import { command } from './layers-command.ts';
import { attempt, run } from './processes.ts';
import { startRedis } from './redis-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const demo = join(root, 'examples/demo.tar');
const USER = 'me';
const PASSWORD = 'a password';

/** Names that the pages give an image for two platforms in registries. */
const IMAGES = [
  ...['app:latest', 'app:2', 'app:1.7', 'me/app:latest', 'me/app:1', 'me/app:1.0', 'team/web:1'],
  ...[
    'library/app:1',
    'library/app:2',
    'library/alpine:latest',
    'library/alpine:3.20',
    'library/ubuntu:latest',
  ],
];

/** How a line of a page ended. */
export interface LineRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the pages take for granted: images, registries, a Docker Engine, Redis, other tools. */
export interface Machine {
  /** The registry that stands for `localhost:5000`, `ghcr.io` and, as a mirror, for `docker.io`. */
  readonly registry: string;
  /** Makes a folder with the files that the pages name, a home directory and a store. */
  folder(name: string): Promise<Folder>;
  stop(): Promise<void>;
}

/** Where lines of a page run. */
export interface Folder {
  readonly path: string;
  readonly home: string;
  /** Runs a line of bash with the hosts of this machine in place of those of the page. */
  run(line: string): Promise<LineRun>;
}

/** Starts the services. `dockerSocket` is that of a Docker Engine of the tests. */
export async function startMachine(dockerSocket: string): Promise<Machine> {
  const base = mkdtempSync(join(tmpdir(), 'layers-docs-'));
  const [open, closed, redis] = await Promise.all([
    startDockerRegistry(),
    startDockerRegistry({ users: { [USER]: PASSWORD } }),
    startRedis(),
  ]);
  const hosts: readonly (readonly [string | RegExp, string])[] = [
    [/localhost:5000|ghcr\.io/g, open.domain],
    ['registry.example', closed.domain],
    ['redis://queue:6379', redis.url],
    // A worker would wait for further sources, until somebody interrupts it.
    ['fleet worker ', 'fleet worker --until-empty '],
  ];
  const bin = join(base, 'bin');
  makePrograms(bin, base);
  const model = join(base, 'model');
  const env = (folder: string): Record<string, string> => ({
    ...environment(),
    PATH: `${join(folder, 'home/npm/bin')}:${bin}:${process.env['PATH']}`,
    HOME: join(folder, 'home'),
    npm_config_prefix: join(folder, 'home/npm'),
    LAYERS_STORE: join(folder, 'store'),
    LAYERS_REGISTRY_MIRRORS: open.domain,
    DOCKER_HOST: `unix://${dockerSocket}`,
    DOCKER_BUILDKIT: '0',
    HOSTNAME: 'docs',
    COLUMNS: '100',
  });
  writeFileSync(join(base, 'registries.conf'), registriesOf(open.domain, closed.domain));
  async function stop(): Promise<void> {
    await attempt('bash', ['-c', 'docker rm -f box; docker rmi -f app app:1 app:1.0 nginx'], {
      env: env(model),
    });
    await Promise.all([open.stop(), closed.stop(), redis.stop()]);
    rmSync(base, { recursive: true, force: true });
  }
  try {
    await makeModel(model, [open.domain, closed.domain], env(model));
    await fillRegistry(open.domain, model, env(model));
    await run('bash', ['-c', ENGINE], { cwd: model, env: env(model) });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    registry: open.domain,
    async folder(name) {
      const path = join(base, name);
      await run('cp', ['-a', model, path]);
      // What a page before loaded. `docker save app` would save it, too.
      await attempt('docker', ['rmi', '-f', 'app:small'], { env: env(path) });
      return openFolder(path, hosts, env(path));
    },
    stop,
  };
}

/** The images and the container of the Docker Engine. */
const ENGINE = `docker load -q -i amd64.tar
for name in app app:1 nginx; do docker tag app:1.0 $name; done
docker create --name box app`;

/** Makes the folder of programs: the command, Debian's docker, and stand-ins for what would reach another machine. */
function makePrograms(bin: string, base: string): void {
  mkdirSync(bin);
  symlinkSync(command, join(bin, 'layers'));
  symlinkSync(join(command, '../docker-layers.js'), join(bin, 'docker-layers'));
  symlinkSync(dockerClient, join(bin, 'docker'));
  const scripts = {
    ssh: 'shift\nexec "$@"',
    podman: `exec /usr/bin/podman --root ${base}/podman --runroot ${base}/run --storage-driver vfs "$@"`,
    skopeo: `exec /usr/bin/skopeo --insecure-policy --registries-conf ${base}/registries.conf "$@"`,
  };
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** The configuration of skopeo and podman: no TLS, and a mirror. */
const registriesOf = (open: string, closed: string): string => `
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "${open}"
insecure = true
[[registry]]
location = "${open}"
insecure = true
[[registry]]
location = "${closed}"
insecure = true
`;

async function makeModel(
  model: string,
  [open, closed]: readonly [string, string],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  for (const path of ['home/.docker', 'images', 'examples', 'dist'])
    mkdirSync(join(model, path), { recursive: true });
  const auth = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
  writeFileSync(join(model, 'home/.docker/config.json'), JSON.stringify({ auths: { [closed]: { auth } } }));
  writeFileSync(join(model, 'password.txt'), PASSWORD);
  writeFileSync(join(model, 'dist/index.html'), '<h1>Bramble</h1>\n');
  for (const name of ['demo.tar', 'demo-oci.tar', 'two-images.tar', 'make-shop.mjs'])
    copyFileSync(join(root, 'examples', name), join(model, 'examples', name));
  for (const name of ['app-1.tar', 'app-2.tar', 'debian.tar', 'release.tar', 'images/app-1.7.tar'])
    copyFileSync(demo, join(model, name));
  const script = `set -e
layers repack --quiet --compression gzip --tag app:1.0 examples/demo.tar -o amd64.tar
layers config --quiet --set-platform linux/arm64 amd64.tar -o arm64.tar
layers repack --quiet --all amd64.tar arm64.tar -o docker://${open}/all:1
layers copy --quiet --all docker://${open}/all:1 oci-archive:app.tar:app:1.0
layers export app.tar -o rootfs.tar
cp app.tar home/app.tar; cp app.tar images/app-1.0.tar
layers config --quiet --tag app:1.1 --set-env TZ=UTC amd64.tar -o images/app-1.1.tar
layers config --quiet --tag app:1.0 --set-env TZ=UTC amd64.tar -o deleted.tar
layers load -i app.tar; layers load -i examples/demo.tar`;
  await run('bash', ['-c', script], { cwd: model, env });
}

async function fillRegistry(
  domain: string,
  model: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const copy = (...args: readonly string[]) => run(command, ['copy', ...args], { cwd: model, env });
  await copy('deleted.tar', `docker://${domain}/app:1.0`);
  await copy('examples/demo-oci.tar', `docker://${domain}/bramble:1.4`);
  const client = createRegistryClient({ homeDirectory: model, env: {} });
  for (const name of IMAGES) await copyImage(client, `${domain}/all:1`, `${domain}/${name}`, { all: true });
}

function openFolder(
  path: string,
  hosts: readonly (readonly [string | RegExp, string])[],
  env: Readonly<Record<string, string>>,
): Folder {
  let before = '';
  return {
    path,
    home: join(path, 'home'),
    async run(line) {
      const here = hosts
        .reduce((text, [from, to]) => text.replaceAll(from, to), line)
        .replaceAll(/\/mnt(?=\/)|\/var\/www\/html/g, path);
      // Commands of the repository run in it.
      const cwd = /npm (?:start|run) |\.\/apps\/cli|apps\/web/.test(line) ? root : path;
      const script = `set -o pipefail\n${before}${here}`;
      if (here.startsWith('export ')) before += `${here}\n`;
      if (needsTerminal(line))
        return { status: await runOnTerminal(script, cwd, env), stdout: '', stderr: '' };
      const { status, stdout, stderr } = await attempt('bash', ['-c', script], { cwd, env });
      return { status, stdout: stdout.toString(), stderr };
    },
  };
}
