// `layers extract`: writes the root file system of an image to disk.
import { bareNode, shell } from '../context.mjs';
import { rawLayout, skopeoLayout } from '../peer-stores.mjs';
import { rootfsCheck } from '../reference.mjs';
import { treeOfDirectory } from '../tree-of.mjs';
import { attempt, layerBytes, writtenFolder } from '../written.mjs';

const INTO = 'mkdir "$1" && cd "$1" && shift && exec "$@"';

/** @param {import('../context.mjs').Context} context */
export function extractGroups(context) {
  if (!context.has('debian-raw')) return [];
  const { layers, limit, peer, tool } = context;
  const raw = context.archive('debian-raw');
  const packed = context.archive('debian-gzip');
  const hasPacked = context.has('debian-gzip');
  const written = writtenFolder(context);
  const { out, result } = written;
  const check = rootfsCheck(context);
  const checked = {
    before: written.clean(),
    bytes: layerBytes(context, 'debian-raw'),
    verify: () => check.agrees(() => treeOfDirectory(result)),
  };
  const reference = out('reference.tar');
  const extract = (show, archive) =>
    layers(show, ['extract', archive, result, '--no-progress'], { ...checked, memoryRuns: 1 });
  const umoci = (show, layout) =>
    peer(show, 'umoci', (path) => [path, 'raw', 'unpack', '--image', `${out(layout)}:latest`, result], {
      ...checked,
      runs: 1,
    });

  const group = context.group({
    id: 'extract',
    title: 'Extract: the root file system of the Debian images on the disk',
    files: hasPacked ? [raw, packed] : [raw],
    runs: [4, 2],
    jobs: [
      bareNode(),
      extract('extract', raw),
      ...(hasPacked ? [extract('extract of debian-gzip.tar', packed)] : []),
      limit(
        'tar -xf of what export writes',
        null,
        () => shell(INTO, result, 'tar', '-xpf', reference),
        checked,
      ),
      peer(
        'bsdtar -xpf of what export writes',
        'bsdtar',
        (path) => shell(INTO, result, path, '-xpf', reference),
        {
          ...checked,
          memoryRuns: 1,
        },
      ),
      umoci('umoci raw unpack', 'raw-layout'),
      ...(hasPacked ? [umoci('umoci raw unpack of debian-gzip.tar', 'gzip-layout')] : []),
    ],
    begin: written.begin(async () => {
      await check.begin();
      group.note = [
        'debian-raw.tar, where nothing else is said. Nobody waits for the disk. umoci reads an OCI layout that was made',
        'before; GNU tar and bsdtar only unpack the merged tar, which is the least that there is to do.',
        check.said(),
      ].join('\n');
      written.layers('export', raw, '-o', reference, '-q');
      if (context.quick || tool('umoci') === null) return;
      attempt(() => rawLayout(written, raw, out('raw-layout')));
      if (hasPacked && tool('skopeo') !== null)
        attempt(() => skopeoLayout(tool('skopeo'), `oci-archive:${packed}`, out('gzip-layout')));
    }),
  });
  return [group];
}
