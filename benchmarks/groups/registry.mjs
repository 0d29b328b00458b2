// `layers push`, `layers pull`, and `layers copy` from one registry to another.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { bareNode } from '../context.mjs';
import { groupDaemon } from '../daemon.mjs';
import { capture } from '../measure.mjs';
import { blobFile, mustHoldImage, registryImage, registryImages, TAG } from '../registry-images.mjs';
import { startCounter, startRegistry } from '../registry-server.mjs';
import { attempt, writtenFolder } from '../written.mjs';

const REPOSITORY = 'bench/image';
const STORED = `localhost/${REPOSITORY}:${TAG}`;
const STORE = 'store';
const HOME = 'home';
/** Kept between the runs, as on a machine where the command is used: `layers` keeps its compiled code there. */
const CACHE = 'cache';
const QUICK_IMAGES = ['small', 'many'];

const nameAt = ({ domain }) => `${domain}/${REPOSITORY}:${TAG}`;
const dockerName = (registry) => `docker://${nameAt(registry)}`;
const ask = (argv, env) => capture({ name: argv.slice(0, 2).join(' '), argv, env });

/** Throws unless a registry has the image under its tag. Docker writes another manifest, with the same config. */
function mustBePushed(registry, image, isConverted = false) {
  const tagged = registry.tagged(REPOSITORY, TAG);
  if (tagged === null) throw new Error('the registry lacks the tag');
  if (!isConverted) {
    if (tagged !== image.digest) throw new Error(`the tag names ${tagged}, not ${image.digest}`);
    return mustHoldImage(image, registry.blobFile);
  }
  const { config, layers } = JSON.parse(readFileSync(registry.blobFile(tagged), 'utf8'));
  if (config.digest !== image.config) throw new Error(`its config is ${config.digest}, not ${image.config}`);
  const missing = layers.find(({ digest }) => !existsSync(registry.blobFile(digest)));
  if (missing !== undefined) throw new Error(`the layer ${missing.digest} is missing`);
}

/**
 * Runs each job once, and keeps the bytes that it sends and receives. The jobs use the addresses of `counters`. Does not
 * block this process, which counts them.
 */
async function countBytes(group, counters, jobs) {
  for (const job of jobs) {
    const measured = group.jobs.find(({ name }) => name === job.name);
    if (measured === undefined || job.missing !== undefined) continue;
    for (const { counts } of counters) Object.assign(counts, { sent: 0, received: 0 });
    job.before?.();
    const [program, ...args] = typeof job.argv === 'function' ? job.argv() : job.argv;
    const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...job.env } });
    const [status] = await once(child, 'exit');
    // The checked run of the job reports why.
    if (status !== 0) continue;
    const sum = (key) => counters.reduce((total, { counts }) => total + counts[key], 0);
    measured.wire = { sent: sum('sent'), received: sum('received') };
  }
}

const NOTE = [
  'A registry of Debian (docker-registry) on the loopback interface. Before its time counts, the result is compared with',
  'the image: the manifest, the config and every layer by digest. Sent and received are the bytes of the connections, of',
  'one more run through a proxy.',
].join('\n');

/**
 * Returns a group whose jobs use registries.
 *
 * @param {import('../context.mjs').Context} context
 * @param {{ id: string, title: string, note: string, name: string, registries: number,
 *   jobsOf: (bench: object, at: () => { domain: string }[]) => import('../context.mjs').SuiteJob[],
 *   prepare: (bench: object, ends: (() => unknown)[]) => Promise<void>,
 *   prepareCounters?: (bench: object, counters: { domain: string }[]) => void }} options `at` returns the addresses of
 *   the registries, or of proxies for them
 */
function registryGroup(context, { name, note, registries, jobsOf, prepare, prepareCounters, ...rest }) {
  const written = writtenFolder(context);
  const { out } = written;
  const bench = {
    written,
    daemon: groupDaemon(context),
    // Unless it runs as the true root, skopeo keeps in XDG_DATA_HOME which registries have which blobs.
    env: {
      HOME: out(HOME),
      XDG_DATA_HOME: out(HOME),
      XDG_CACHE_HOME: out(CACHE),
      DOCKER_CONFIG: out(HOME),
      _CONTAINERS_ROOTLESS_UID: '1000',
      LAYERS_STORE: out(STORE),
    },
    image: undefined,
    registries: [],
    layers: (...args) => ask([process.execPath, context.cli, ...args], bench.env),
    fill: (registry) => bench.layers('copy', '-q', bench.image.layout, dockerName(registry)),
  };
  const program = context.tool('docker-registry');
  const group = context.group({
    ...rest,
    note: `${NOTE}\n${note}`,
    files: [],
    runs: name === 'small' || name === 'many' ? [5, 2] : [3, 2],
    jobs: [bareNode(), ...jobsOf(bench, () => bench.registries)],
    begin: written.begin(async (ends) => {
      if (program === null) throw new Error('docker-registry is not installed');
      bench.image = registryImage(context.cache, name);
      for (const job of group.jobs) if (job.kind !== 'node') job.bytes = bench.image.bytes;
      bench.registries = [];
      for (let i = 0; i < registries; i++) bench.registries.push(await startRegistry(program, out('.')));
      ends.push(...bench.registries.map(({ stop }) => stop));
      await prepare(bench, ends);
      const counters = [];
      try {
        for (const registry of bench.registries) counters.push(await startCounter(registry));
        prepareCounters?.(bench, counters);
        await countBytes(
          group,
          counters,
          jobsOf(bench, () => counters),
        );
      } finally {
        for (const { stop } of counters) await stop();
      }
    }),
  });
  return group;
}

/** @param {import('../context.mjs').Context} context */
function pushGroup(context, name) {
  const { layers, peer, cli } = context;
  return registryGroup(context, {
    id: `registry:push:${name}`,
    title: `Push: the image ${name} to an empty registry`,
    note: [
      'layers pushes from its store, skopeo and crane from an OCI layout. docker compresses the layers again; its daemon',
      'does so, and its memory is not measured.',
    ].join('\n'),
    name,
    registries: 1,
    prepare: async (bench, ends) => {
      const [registry] = bench.registries;
      bench.layers('copy', '-q', bench.image.layout, `store:${STORED}`);
      await bench.daemon.begin(ends, ({ docker }) => {
        bench.fill(registry);
        ask([...docker, 'pull', '-q', nameAt(registry)], bench.env);
      });
    },
    prepareCounters: (bench, [counter]) => {
      const [registry] = bench.registries;
      if (!context.quick)
        attempt(() => ask(bench.daemon.command('tag', nameAt(registry), nameAt(counter)), bench.env));
    },
    jobsOf: (bench, at) => {
      const usual = {
        env: bench.env,
        before: () => {
          bench.written.remove(HOME);
          bench.registries[0].empty();
        },
        verify: () => mustBePushed(bench.registries[0], bench.image),
      };
      return [
        {
          ...layers('push', [], usual),
          argv: () => [process.execPath, cli, 'push', '-q', STORED, dockerName(at()[0])],
        },
        peer(
          'skopeo copy from oci:DIR',
          'skopeo',
          (path) => [
            ...[path, 'copy', '-q', '--dest-tls-verify=false'],
            ...[`oci:${bench.image.layout}:${TAG}`, dockerName(at()[0])],
          ],
          usual,
        ),
        peer('crane push', 'crane', (path) => [path, 'push', bench.image.layout, nameAt(at()[0])], usual),
        peer('docker push', 'dockerd', () => bench.daemon.command('push', '-q', nameAt(at()[0])), {
          ...usual,
          verify: () => mustBePushed(bench.registries[0], bench.image, true),
          runs: 2,
          memoryRuns: 0,
        }),
      ];
    },
  });
}

/** @param {import('../context.mjs').Context} context */
function pullGroup(context, name) {
  const { layers, peer, cli } = context;
  return registryGroup(context, {
    id: `registry:pull:${name}`,
    title: `Pull: the image ${name} from a registry`,
    note: [
      'layers pulls into its store, skopeo and crane into an OCI layout; crane does not sync it. docker also unpacks the',
      'layers; its daemon does so, and its memory is not measured.',
    ].join('\n'),
    name,
    registries: 1,
    prepare: async (bench, ends) => {
      bench.fill(bench.registries[0]);
      await bench.daemon.begin(ends);
    },
    jobsOf: (bench, at) => {
      const { out, result, clean } = bench.written;
      const usual = { env: bench.env, before: clean(HOME, STORE) };
      const inLayout = () => mustHoldImage(bench.image, (digest) => blobFile(result, digest));
      return [
        {
          ...layers('pull', [], usual),
          argv: () => [process.execPath, cli, 'pull', '-q', nameAt(at()[0])],
          verify: () => mustHoldImage(bench.image, (digest) => blobFile(out(STORE), digest)),
        },
        peer(
          'skopeo copy to oci:DIR',
          'skopeo',
          (path) => [
            ...[path, 'copy', '-q', '--src-tls-verify=false'],
            ...[dockerName(at()[0]), `oci:${result}:${TAG}`],
          ],
          { ...usual, verify: inLayout },
        ),
        peer(
          'crane pull --format oci',
          'crane',
          (path) => [path, 'pull', '--format', 'oci', nameAt(at()[0]), result],
          { ...usual, verify: inLayout },
        ),
        peer('docker pull', 'dockerd', () => bench.daemon.command('pull', '-q', nameAt(at()[0])), {
          ...usual,
          before: () => {
            usual.before();
            attempt(() => ask(bench.daemon.command('image', 'prune', '-af'), bench.env));
          },
          verify: () => {
            const id = ask(bench.daemon.command('images', '--no-trunc', '-q'), bench.env).trim();
            if (id !== bench.image.config) throw new Error(`its image is ${id || 'none'}`);
          },
          runs: 2,
          memoryRuns: 0,
        }),
      ];
    },
  });
}

/** @param {import('../context.mjs').Context} context */
function copyGroup(context, name) {
  const { layers, peer, cli } = context;
  return registryGroup(context, {
    id: `registry:copy:${name}`,
    title: `Copy: the image ${name} from one registry to an empty one`,
    note: 'Each registry is a process of its own, so that no layer can be mounted.',
    name,
    registries: 2,
    prepare: async (bench) => bench.fill(bench.registries[0]),
    jobsOf: (bench, at) => {
      const usual = {
        env: bench.env,
        before: () => {
          bench.written.remove(HOME);
          bench.registries[1].empty();
        },
        verify: () => mustBePushed(bench.registries[1], bench.image),
      };
      return [
        {
          ...layers('copy', [], usual),
          argv: () => [process.execPath, cli, 'copy', '-q', ...at().map(dockerName)],
        },
        peer(
          'skopeo copy',
          'skopeo',
          (path) => [
            ...[path, 'copy', '-q', '--src-tls-verify=false', '--dest-tls-verify=false'],
            ...at().map(dockerName),
          ],
          usual,
        ),
        peer('crane copy', 'crane', (path) => [path, 'copy', ...at().map(nameAt)], usual),
      ];
    },
  });
}

/** @param {import('../context.mjs').Context} context */
export const registryGroups = (context) =>
  registryImages
    .filter((name) => !context.quick || QUICK_IMAGES.includes(name))
    .flatMap((name) => [pushGroup, pullGroup, copyGroup].map((make) => make(context, name)));
