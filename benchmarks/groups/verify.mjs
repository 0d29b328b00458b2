// `layers verify`, compared with hashing the same bytes.
import { bareNode, shell } from '../context.mjs';
import { expectSame, extractedLayers } from './checks.mjs';

/** Throws unless every digest was verified: of the config, and of each layer, compressed and uncompressed. */
function checkVerify(output) {
  const { verified, checks } = JSON.parse(output);
  expectSame('digests that are not right', checks.filter(({ ok }) => !ok).length, 0);
  if (verified !== true) throw new Error('it says that the image is not what it claims to be');
}

const UNPACKED = 'for layer; do gzip -dc "$layer"; done | sha256sum';

/** @param {import('../context.mjs').Context} context */
export function verifyGroups(context) {
  const { group, layers, limit, archive, images, has } = context;
  const verify = (name) => [
    layers('verify --json', ['verify', '--json', archive(name)], {
      bytes: images[name].tarBytes,
      verify: checkVerify,
    }),
  ];
  const groups = [];
  if (has('debian-raw')) {
    const name = 'debian-raw';
    const bytes = images[name].tarBytes;
    groups.push(
      group({
        id: 'verify:raw',
        title: 'verify, uncompressed layers: debian-raw.tar',
        runs: [5, 3],
        files: [archive(name)],
        jobs: [
          bareNode(),
          ...verify(name),
          limit('sha256sum', 'sha256sum', (path) => [path, archive(name)], { bytes }),
          limit('openssl dgst -sha256', 'openssl', (path) => [path, 'dgst', '-sha256', archive(name)], {
            bytes,
          }),
          limit('cat', null, () => ['cat', archive(name)], { bytes }),
        ],
      }),
    );
  }
  if (has('debian-gzip')) {
    const name = 'debian-gzip';
    const bytes = images[name].tarBytes;
    let blobs = [];
    const files = [archive(name)];
    groups.push(
      group({
        id: 'verify:gzip',
        title: 'verify, gzip layers: debian-gzip.tar',
        note: 'Two digests for each layer: of its compressed and of its uncompressed bytes. MB/s counts the uncompressed bytes.',
        runs: [5, 2],
        files,
        begin: async () => {
          blobs = extractedLayers(context, name);
          files.push(...blobs);
        },
        jobs: [
          bareNode(),
          ...verify(name),
          limit('gzip -dc and sha256sum of the layers', 'sha256sum', () => shell(UNPACKED, ...blobs), {
            bytes,
            runs: 3,
          }),
          limit('sha256sum of the layers as stored', 'sha256sum', (path) => [path, ...blobs]),
          limit('openssl dgst -sha256 of the layers as stored', 'openssl', (path) => [
            path,
            'dgst',
            '-sha256',
            ...blobs,
          ]),
        ],
      }),
    );
  }
  return groups;
}
