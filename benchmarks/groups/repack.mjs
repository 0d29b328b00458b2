// `layers repack`: compresses the layers of an image.
import { bareNode, shell } from '../context.mjs';
import { imageOf, mustHoldLayers } from '../layers-of.mjs';
import { AND_SYNC, layerBytes, TO_FILE_SYNCED, writtenFolder } from '../written.mjs';

/** The compressor that uses all processors, and skopeo's name of the format. */
const FORMS = [
  { form: 'gzip', level: 6, packer: 'pigz', flags: ['-p2', '-6', '-c'], show: 'pigz -p 2 -6, and sync' },
  { form: 'zstd', level: 3, packer: 'zstd', flags: ['-T2', '-3', '-c', '-q'], show: 'zstd -T2 -3, and sync' },
];

/** @param {import('../context.mjs').Context} context */
export function repackGroups(context) {
  if (!context.has('debian-raw')) return [];
  const { layers, peer } = context;
  const archive = context.archive('debian-raw');
  const written = writtenFolder(context);
  const { result } = written;
  const usual = { before: written.clean(), bytes: layerBytes(context, 'debian-raw') };
  let diffIds = [];

  return FORMS.map(({ form, level, packer, flags, show }) => {
    const checked = { ...usual, verify: () => mustHoldLayers(result, diffIds, { compression: form }) };
    return context.group({
      id: `repack:${form}`,
      title: `Repack: debian-raw.tar with layers compressed as ${form}, level ${level}`,
      note: [
        `${packer} compresses the archive as one stream and computes no digests, which is less work. layers and skopeo write`,
        'an archive whose layers are compressed one by one. Before their time counts, every layer is decompressed and its SHA-256',
        'compared with the DiffID of the image.',
      ].join('\n'),
      files: [archive],
      runs: [form === 'gzip' ? 2 : 3, 1],
      jobs: [
        bareNode(),
        layers(
          `repack --compression ${form}`,
          ['repack', archive, '--compression', form, '-o', result, '--no-progress'],
          { ...checked, memoryRuns: 1 },
        ),
        peer(show, packer, (path) => shell(TO_FILE_SYNCED, result, path, ...flags, archive), usual),
        peer(
          `skopeo copy --dest-compress-format ${form}, and sync`,
          'skopeo',
          (path) =>
            shell(
              AND_SYNC,
              result,
              ...[path, 'copy', '-q', '--dest-compress-format', form, '--dest-compress-level', `${level}`],
              ...[`docker-archive:${archive}`, `oci-archive:${result}:repacked:1`],
            ),
          { ...checked, runs: 1 },
        ),
      ],
      begin: written.begin(() => {
        diffIds = imageOf(archive).diffIds;
      }),
    });
  });
}
