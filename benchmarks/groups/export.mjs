// `layers export`: writes the root file system of an image as a tar.
import { bareNode, shell } from '../context.mjs';
import { createContainer, groupDaemon } from '../daemon.mjs';
import { loadStore, rawLayout, withStore } from '../peer-stores.mjs';
import { rootfsCheck } from '../reference.mjs';
import { treeOfTar } from '../tree-of.mjs';
import { AND_SYNC, attempt, copyLimits, layerBytes, TO_FILE_SYNCED, writtenFolder } from '../written.mjs';

const UMOCI = '"$1" raw unpack --image "$2" "$3" && tar -C "$3" -cf "$4" . && sync "$4"';
const PODMAN = 'out=$1 image=$2; shift 2; "$@" export "$("$@" create "$image" true)" > "$out" && sync "$out"';
const CRANE = '"$1" export - "$3" < "$2" && sync "$3"';

/** @param {import('../context.mjs').Context} context */
export function exportGroups(context) {
  if (!context.has('debian-raw')) return [];
  const { layers, limit, peer, tool } = context;
  const archive = context.archive('debian-raw');
  const written = writtenFolder(context);
  const { out, result } = written;
  const daemon = groupDaemon(context);
  const check = rootfsCheck(context);
  const usual = { before: written.clean(), bytes: layerBytes(context, 'debian-raw') };
  const checked = { ...usual, verify: () => check.agrees(() => treeOfTar(result, out('tree'))) };
  const reference = out('reference.tar');
  let container;
  let image;

  const group = context.group({
    id: 'export',
    title: 'Export: the root file system of debian-raw.tar as one tar',
    files: [archive],
    runs: [5, 2],
    jobs: [
      bareNode(),
      layers('export', ['export', archive, '-o', result, '--no-progress'], checked),
      ...copyLimits(context, 'export', result, reference, usual),
      limit(
        'openssl dgst -sha256 of what export writes',
        'openssl',
        (path) => [path, 'dgst', '-sha256', reference],
        usual,
      ),
      peer(
        'docker export, and sync',
        'dockerd',
        () => shell(TO_FILE_SYNCED, result, ...daemon.command('export', container)),
        { ...checked, memoryRuns: 0 },
      ),
      peer('crane export, and sync', 'crane', (path) => shell(CRANE, path, archive, result), {
        ...checked,
        runs: 3,
      }),
      peer('undocker, and sync', 'undocker', (path) => shell(AND_SYNC, result, path, archive, result), {
        ...checked,
        runs: 3,
      }),
      peer(
        'podman create and export, and sync',
        'podman',
        (path) => shell(PODMAN, result, image, ...withStore(path, out)),
        { ...checked, runs: 3 },
      ),
      peer(
        'umoci raw unpack, tar, and sync',
        'umoci',
        (path) => shell(UMOCI, path, `${out('layout')}:latest`, out('unpacked'), result),
        { ...checked, before: written.clean('unpacked'), runs: 1 },
      ),
    ],
    begin: written.begin(async (ends) => {
      await check.begin();
      group.note = [
        'What layers writes is on the disk when it ends; so the others are synced too, but for one copy. docker and',
        'podman export a container of an image that was loaded before, and umoci an OCI layout with uncompressed layers; the',
        'others read the archive. What docker does is done by its daemon, whose memory is not measured.',
        check.said(),
      ].join('\n');
      written.layers('export', archive, '-o', reference, '-q');
      await daemon.begin(ends, ({ docker }) => {
        container = createContainer(docker, archive);
      });
      if (context.quick) return;
      if (tool('podman') !== null)
        image = attempt(() => loadStore(withStore(tool('podman'), out), archive)) ?? 'none';
      if (tool('umoci') !== null) attempt(() => rawLayout(written, archive, out('layout')));
    }),
  });
  return [group];
}
