// `layers squash`: merges all layers of an image.
import { bareNode, shell } from '../context.mjs';
import { groupDaemon, loadImage } from '../daemon.mjs';
import { loadStore, withStore } from '../peer-stores.mjs';
import { rootfsCheck } from '../reference.mjs';
import { treeOfOnlyLayer } from '../tree-of.mjs';
import { AND_SYNC, attempt, copyLimits, layerBytes, writtenFolder } from '../written.mjs';

const BUILDAH = [
  'out=$1 image=$2; shift 2; container=$("$@" from --pull-never "$image")',
  '"$@" commit -q --squash --rm "$container" "docker-archive:$out:squashed:1"',
  'sync "$out"',
].join(' && ');

/** @param {import('../context.mjs').Context} context */
export function squashGroups(context) {
  if (!context.has('debian-raw')) return [];
  const { layers, peer, tool } = context;
  const archive = context.archive('debian-raw');
  const written = writtenFolder(context);
  const { out, result } = written;
  const daemon = groupDaemon(context);
  const check = rootfsCheck(context);
  const usual = { before: written.clean(), bytes: layerBytes(context, 'debian-raw') };
  const checked = { ...usual, verify: () => check.agrees(() => treeOfOnlyLayer(result, out('tree'))) };
  const reference = out('reference.tar');
  let inDocker;
  let inStore;

  const group = context.group({
    id: 'squash',
    title: 'Squash: the layers of debian-raw.tar as one',
    files: [archive],
    runs: [5, 2],
    jobs: [
      bareNode(),
      layers('squash', ['squash', archive, '-o', result, '--no-progress'], checked),
      ...copyLimits(context, 'squash', result, reference, usual),
      peer(
        'docker-squash, and sync',
        'docker-squash',
        (path) =>
          shell(
            AND_SYNC,
            result,
            ...daemon.client(
              path,
              '--output-path',
              result,
              '--tmp-dir',
              out('tmp'),
              '-t',
              'squashed:1',
              inDocker,
            ),
          ),
        { ...checked, before: written.clean('tmp'), runs: 1, memoryRuns: 0 },
      ),
      peer(
        'buildah commit --squash, and sync',
        'buildah',
        (path) => shell(BUILDAH, result, inStore, ...withStore(path, out)),
        { ...checked, runs: 2 },
      ),
    ],
    begin: written.begin(async (ends) => {
      await check.begin();
      group.note = [
        'Each writes a docker-archive of one layer. docker-squash has its daemon save the image first, and buildah',
        'makes a container of it; both have it loaded before. What a daemon does is not in the peak of memory, so it',
        'is not given for docker-squash.',
        check.said(),
      ].join('\n');
      written.layers('squash', archive, '-o', reference, '-q');
      if (tool('docker-squash') !== null)
        await daemon.begin(ends, ({ docker }) => {
          inDocker = loadImage(docker, archive);
        });
      if (!context.quick && tool('buildah') !== null)
        inStore = attempt(() => loadStore(withStore(tool('buildah'), out), archive)) ?? 'none';
    }),
  });
  return [group];
}
