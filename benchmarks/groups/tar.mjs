// The tar codec alone, compared with other libraries and programs that read tars.
import { fileURLToPath } from 'node:url';
import { bareNode } from '../context.mjs';
import { peerModule } from '../peers.mjs';
import { expectSame, extractedLayers, lines } from './checks.mjs';

const codec = fileURLToPath(new URL('../codec.mjs', import.meta.url));
const libraries = [
  { engine: 'tar-stream', npm: 'tar-stream' },
  { engine: 'node-tar', npm: 'tar' },
  { engine: 'modern-tar', npm: 'modern-tar' },
];

/** Returns the position of the layer with the most bytes. */
function largestLayer({ perLayer }) {
  const sizes = perLayer.map(({ tarBytes }) => tarBytes);
  return sizes.indexOf(Math.max(...sizes));
}

function tarGroup(context, name, title) {
  const { group, limit, peer, cache, images, archive } = context;
  const layer = largestLayer(images[name]);
  const { entries, tarBytes: bytes, contentBytes } = images[name].perLayer[layer];
  let file;
  const files = [archive(name)];
  const verify = (output) => {
    const seen = JSON.parse(output);
    expectSame('entries', seen.entries, entries);
    expectSame('bytes of files', seen.bytes, contentBytes);
  };
  const rates = { entries, bytes };
  const own = (engine, show) => ({
    name: `layers ${engine}`,
    kind: 'layers',
    show,
    argv: () => [process.execPath, codec, engine, file],
    verify,
    ...rates,
  });
  const library = ({ engine, npm }) => {
    const module = peerModule(cache, npm);
    const job = peer(engine, null, () => [process.execPath, codec, engine, file, module], {
      verify,
      against: 'layers parser',
      runs: 3,
      ...rates,
    });
    return module === null ? { ...job, missing: npm } : job;
  };
  const lists = { verify: (output) => expectSame('entries', lines(output), entries), ...rates };
  return group({
    id: `tar:${name === 'million' ? 'entries' : 'bytes'}`,
    title,
    note: 'Each library runs in a new process that counts entries and bytes. `walk` skips the contents of files, all others read every byte. tar and bsdtar also skip them, and print the names.',
    runs: [7, 3],
    files,
    begin: async () => {
      [file] = extractedLayers(context, name, layer);
      files[0] = file;
    },
    jobs: [
      bareNode(),
      own('walk', '`@layers/tar`: walkTar'),
      own('parser', '`@layers/tar`: createTarParser'),
      limit('cat', null, () => ['cat', file], rates),
      ...libraries.map(library),
      peer('tar -tf', 'tar', (path) => [path, '--quoting-style=escape', '-tf', file], lists),
      peer('bsdtar -tf', 'bsdtar', (path) => [path, '-tf', file], lists),
    ],
  });
}

/** @param {import('../context.mjs').Context} context */
export function tarGroups(context) {
  const groups = [];
  if (context.has('debian-raw')) {
    const title = 'Reading a tar with many bytes: the largest layer of debian-raw.tar';
    groups.push(tarGroup(context, 'debian-raw', title));
  }
  if (context.has('million')) {
    const title = 'Reading a tar with many entries: the largest layer of million.tar';
    groups.push(tarGroup(context, 'million', title));
  }
  return groups;
}
