// What writes: export, squash, repack and load, beside copying the same bytes and beside other tools.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createContainer, startDaemon } from './daemon.mjs';
import { capture, which } from './measure.mjs';

const COPY = 'cat "$1" > "$2" && sync "$2"';
const TO_FILE = 'out=$1; shift; "$@" > "$out"';
const SYNCED = `${TO_FILE} && sync "$out"`;

const shell = (script, ...args) => ['sh', '-c', script, 'sh', ...args];

/**
 * The groups `rewrite`, `compress` and `load`, for debian-raw.tar. Each has a `begin`, which makes what its commands
 * need and gives a function that removes it again.
 */
export function rewritingGroups({ cache, cli, images, quick, bareNode }) {
  const archive = join(cache, 'debian-raw.tar');
  const folder = join(cache, '.layers-written');
  const out = (name) => join(folder, name);
  const clean = (name) => () => rmSync(out(name), { recursive: true, force: true });
  const { tarBytes } = images['debian-raw'];
  const job = (kind, show, argv, before, extra = {}) => ({
    name: show,
    kind,
    show: `\`${show}\``,
    argv,
    before,
    ...extra,
  });
  const layers = (show, name, ...args) =>
    job('layers', `layers ${show}`, [process.execPath, cli, ...args, '--no-progress'], clean(name));
  const limit = (show, argv, name, extra) =>
    job('limit', show, argv, clean(name), { memoryRuns: 0, ...extra });
  const peer = (show, needs, argv, before) => job('peer', show, argv, before, { needs, memoryRuns: 1 });
  const group = (id, title, jobs, begin, note) => {
    const wanted = jobs.filter(({ kind }) => !(quick && kind === 'peer'));
    const here = wanted.filter(({ needs }) => needs === undefined || which(needs) !== null);
    return {
      id,
      title,
      note,
      files: [archive],
      runs: quick ? 2 : 5,
      jobs: [bareNode(), ...here.map((each) => ({ ...each, bytes: tarBytes }))],
      missing: [...new Set(wanted.filter((each) => !here.includes(each)).map(({ needs }) => needs))],
      check: () => {},
      begin,
    };
  };
  const withFolder = (begin) => async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const end = await begin?.();
    return async () => {
      await end?.();
      rmSync(folder, { recursive: true, force: true });
    };
  };
  const node = (...args) => capture({ name: `layers ${args[0]}`, argv: [process.execPath, cli, ...args] });

  const hasDocker = !quick && which('dockerd') !== null && process.getuid?.() === 0;
  // Filled in once there is a daemon.
  const exportByDocker = [];
  const loadByDocker = [];

  const rewrite = group(
    'rewrite',
    'Writing: export and squash of debian-raw.tar',
    [
      layers('export', 'layers.tar', 'export', archive, '-o', out('layers.tar')),
      layers('squash', 'squash.tar', 'squash', archive, '-o', out('squash.tar')),
      limit(
        'cat to a file of what export writes, and sync',
        shell(COPY, out('reference.tar'), out('cat.tar')),
        'cat.tar',
      ),
      limit(
        'cat to a file of what export writes',
        shell('cat "$1" > "$2"', out('reference.tar'), out('cat.tar')),
        'cat.tar',
      ),
      limit('openssl dgst -sha256 of it', ['openssl', 'dgst', '-sha256', out('reference.tar')], 'cat.tar', {
        needs: 'openssl',
      }),
      ...(hasDocker ? [peer('docker export, and sync', 'docker', exportByDocker, clean('docker.tar'))] : []),
    ],
    withFolder(async () => {
      node('export', archive, '-o', out('reference.tar'));
      if (!hasDocker) return undefined;
      const daemon = await startDaemon(cache);
      const container = createContainer(daemon.docker, archive);
      exportByDocker.push(...shell(SYNCED, out('docker.tar'), ...daemon.docker, 'export', container));
      return daemon.stop;
    }),
    'What layers writes is on the disk when it ends; so the copies are synced too, but for one.',
  );

  const compress = group(
    'compress',
    'Packing: repack of debian-raw.tar',
    [
      layers(
        'repack --compression gzip',
        'gzip.tar',
        'repack',
        archive,
        '--compression',
        'gzip',
        '-o',
        out('gzip.tar'),
      ),
      peer(
        'pigz -p 2 -6',
        'pigz',
        shell(TO_FILE, out('pigz'), 'pigz', '-p2', '-6', '-c', archive),
        clean('pigz'),
      ),
      layers(
        'repack --compression zstd',
        'zstd.tar',
        'repack',
        archive,
        '--compression',
        'zstd',
        '-o',
        out('zstd.tar'),
      ),
      peer(
        'zstd -T2 -3',
        'zstd',
        shell(TO_FILE, out('zstd'), 'zstd', '-T2', '-3', '-c', archive),
        clean('zstd'),
      ),
    ],
    withFolder(),
    'pigz and zstd pack the archive as one stream and hash nothing.',
  );
  compress.runs = quick ? 1 : 3;

  const load = group(
    'load',
    'Loading: debian-raw.tar into a store',
    [
      {
        ...layers('load', 'store', 'load', '-i', archive),
        env: { LAYERS_STORE: out('store') },
      },
      limit('cat to a file of the archive, and sync', shell(COPY, archive, out('cat.tar')), 'cat.tar'),
      peer(
        'podman load',
        'podman',
        ['podman', '--root', out('podman'), '--runroot', out('podman-run'), 'load', '-q', '-i', archive],
        () => {
          spawnSync('podman', ['--root', out('podman'), '--runroot', out('podman-run'), 'rmi', '-af']);
        },
      ),
      ...(hasDocker
        ? [
            peer('docker load', 'docker', loadByDocker, () => {
              const [program, ...args] = loadByDocker;
              spawnSync(program, [...args.slice(0, 2), 'image', 'prune', '-af']);
            }),
          ]
        : []),
    ],
    withFolder(async () => {
      if (!hasDocker) return undefined;
      const daemon = await startDaemon(cache);
      loadByDocker.push(...daemon.docker, 'load', '-q', '-i', archive);
      return daemon.stop;
    }),
    'Each loads into a store that lacks the image; what layers writes is on the disk when it ends.',
  );
  return [rewrite, compress, load];
}
