// `layers load` and `layers save`: from an archive into a store, and back.
import { bareNode, shell } from '../context.mjs';
import { groupDaemon, loadImage } from '../daemon.mjs';
import { imageOf, mustHoldLayers } from '../layers-of.mjs';
import { capture } from '../measure.mjs';
import { loadStore, skopeoLayout, withStore } from '../peer-stores.mjs';
import { AND_SYNC, attempt, COPY_SYNCED, layerBytes, writtenFolder } from '../written.mjs';

const STORE = 'store';

const ask = (argv, env) => capture({ name: argv.slice(0, 2).join(' '), argv, env });

function mustBe(id, expected) {
  if (id !== expected) throw new Error(`its image is ${id || 'none'}, not ${expected}`);
}

const withoutPrefix = (id) => id.replace(/^sha256:/, '');

/** @param {import('../context.mjs').Context} context */
function loadGroup(context) {
  const { layers, limit, peer, tool, cli } = context;
  const archive = context.archive('debian-raw');
  const written = writtenFolder(context);
  const { out, result } = written;
  const daemon = groupDaemon(context);
  const env = { LAYERS_STORE: out(STORE) };
  const bytes = layerBytes(context, 'debian-raw');
  const podman = (path) => withStore(path, out);
  let image;

  return context.group({
    id: 'load',
    title: 'Load: debian-raw.tar into a store that lacks it',
    note: [
      'Before its time counts, the store has to name the image by the SHA-256 of its config; skopeo writes the config',
      'anew, so its layers are compared with the DiffIDs of the image. docker and podman unpack the layers, and skopeo',
      'packs them with gzip. What docker does is done by its daemon, whose memory is not measured.',
    ].join('\n'),
    files: [archive],
    runs: [5, 2],
    jobs: [
      bareNode(),
      layers('load', ['load', '-i', archive, '--no-progress'], {
        bytes,
        env,
        before: written.clean(STORE),
        verify: () => {
          const { images } = JSON.parse(ask([process.execPath, cli, 'images', '--json'], env));
          mustBe(images[0]?.id, image.id);
        },
      }),
      limit('cat to a file of the archive, and sync', null, () => shell(COPY_SYNCED, result, archive), {
        bytes,
        before: written.clean(STORE),
      }),
      peer('docker load', 'dockerd', () => daemon.command('load', '-q', '-i', archive), {
        bytes,
        before: () => {
          written.remove('result', STORE);
          const [program, ...args] = daemon.command('image', 'prune', '-af');
          attempt(() => ask([program, ...args]));
        },
        verify: () => mustBe(ask(daemon.command('images', '--no-trunc', '-q')).trim(), image.id),
        runs: 2,
        memoryRuns: 0,
      }),
      peer('podman load', 'podman', (path) => [...podman(path), 'load', '-q', '-i', archive], {
        bytes,
        before: written.clean(STORE, 'containers', 'containers-run'),
        verify: () => {
          const id = ask([...podman(tool('podman')), 'images', '--no-trunc', '-q']).trim();
          mustBe(withoutPrefix(id), withoutPrefix(image.id));
        },
        runs: 2,
      }),
      peer(
        'skopeo copy to oci:DIR',
        'skopeo',
        (path) => [path, 'copy', '-q', `docker-archive:${archive}`, `oci:${result}:latest`],
        {
          bytes,
          before: written.clean(STORE),
          verify: () => mustHoldLayers(result, image.diffIds, { isFolder: true }),
          runs: 1,
        },
      ),
    ],
    begin: written.begin(async (ends) => {
      image = imageOf(archive);
      await daemon.begin(ends);
    }),
  });
}

/** @param {import('../context.mjs').Context} context */
function saveGroup(context) {
  const { layers, limit, peer, tool } = context;
  const archive = context.archive('debian-raw');
  const written = writtenFolder(context);
  const { out, result } = written;
  const daemon = groupDaemon(context);
  const env = { LAYERS_STORE: out(STORE) };
  const usual = { before: written.clean(), bytes: layerBytes(context, 'debian-raw') };
  const checked = { ...usual, verify: () => mustHoldLayers(result, diffIds) };
  let diffIds = [];
  let name;
  let inDocker;
  let inStore;

  return context.group({
    id: 'save',
    title: 'Save: debian-raw.tar out of a store',
    note: [
      'Each store holds the image already. Before its time counts, the layers of what is written are compared with the',
      'DiffIDs of the image. docker and podman put the layers together again from the files that they were unpacked to.',
      'skopeo unpacks the gzip layers that it made of them. What docker does is done by its daemon, whose memory is not',
      'measured.',
    ].join('\n'),
    files: [archive],
    runs: [5, 2],
    jobs: [
      bareNode(),
      {
        ...layers('save', [], { ...checked, env }),
        argv: () => [process.execPath, context.cli, 'save', name, '-o', result, '--no-progress'],
      },
      limit('cat to a file of the archive, and sync', null, () => shell(COPY_SYNCED, result, archive), usual),
      peer(
        'docker save, and sync',
        'dockerd',
        () => shell(AND_SYNC, result, ...daemon.command('save', '-o', result, inDocker)),
        { ...checked, runs: 3, memoryRuns: 0 },
      ),
      peer(
        'podman save, and sync',
        'podman',
        (path) => shell(AND_SYNC, result, ...withStore(path, out), 'save', '-q', '-o', result, inStore),
        { ...checked, runs: 2 },
      ),
      peer(
        'skopeo copy from oci:DIR, and sync',
        'skopeo',
        (path) =>
          shell(
            AND_SYNC,
            result,
            ...[path, 'copy', '-q', `oci:${out('layout')}:latest`, `docker-archive:${result}:saved:1`],
          ),
        { ...checked, runs: 2 },
      ),
    ],
    begin: written.begin(async (ends) => {
      diffIds = imageOf(archive).diffIds;
      ask([process.execPath, context.cli, 'load', '-q', '-i', archive], env);
      const { images } = JSON.parse(ask([process.execPath, context.cli, 'images', '--json'], env));
      name = images[0]?.reference;
      await daemon.begin(ends, ({ docker }) => {
        inDocker = loadImage(docker, archive);
      });
      if (context.quick) return;
      if (tool('podman') !== null)
        inStore = attempt(() => loadStore(withStore(tool('podman'), out), archive)) ?? 'none';
      if (tool('skopeo') !== null)
        attempt(() => skopeoLayout(tool('skopeo'), `docker-archive:${archive}`, out('layout')));
    }),
  });
}

/** @param {import('../context.mjs').Context} context */
export const loadGroups = (context) =>
  context.has('debian-raw') ? [loadGroup(context), saveGroup(context)] : [];
