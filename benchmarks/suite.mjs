// What is measured: groups of commands that run side by side on the same bytes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { layerMembers } from './describe-images.mjs';
import { capture, which } from './measure.mjs';
import { rewritingGroups } from './rewriting.mjs';

/**
 * @typedef {import('./measure.mjs').Job & {
 *   kind: 'node' | 'layers' | 'limit' | 'peer',
 *   show: string, what the report calls it
 *   bytes?: number, the bytes that its MB/s counts
 *   needs?: string, the program that has to be installed
 *   image?: string, the image that it reads, for the fit of growth
 * }} SuiteJob
 *
 * @typedef {object} Group
 * @property {string} id
 * @property {string} title
 * @property {string} [note]
 * @property {string[]} files read into the page cache first
 * @property {number} runs
 * @property {SuiteJob[]} jobs
 * @property {() => Promise<() => Promise<void>>} [begin] makes what the jobs need; what it gives removes that again
 * @property {() => void} [check] throws where `layers` gives a wrong result
 * @property {string[]} missing programs that are not installed
 */

export const growthImages = ['entries-100k', 'entries-250k', 'entries-500k', 'million'];
export const imageNames = ['debian-raw', 'debian-nochmod', 'debian-gzip', 'debian-zstd', ...growthImages];

const LIST = 'archive=$0; for layer; do bsdtar -xOf "$archive" "$layer" | bsdtar -tf -; done';
const TWO_AT_A_TIME = `printf '%s\\0' "$@" | xargs -0 -n 1 -P 2 "$0" -dc`;

const bareNode = () => ({
  name: 'node',
  kind: 'node',
  show: 'bare `node -e 0`',
  argv: [process.execPath, '-e', '0'],
});

/** Compressed layers as files of their own, for tools that know nothing of archives. */
function extractedLayers(cache, name) {
  const archive = join(cache, `${name}.tar`);
  const folder = join(cache, `.layers-${name}`);
  const members = layerMembers(archive).map((member) => member.name);
  const files = members.map((member) => join(folder, member));
  if (files.every((file) => existsSync(file))) return files;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync('tar', ['-xf', archive, '-C', folder, ...members], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tar cannot extract the layers of ${archive}`);
  return files;
}

/** Throws unless `layers inspect --json` tells what GNU tar and the decompressors counted. */
function checkInspect(cli, path, image) {
  const argv = [process.execPath, cli, 'inspect', '--json', path];
  const { totals } = JSON.parse(capture({ name: 'layers inspect --json', argv }));
  const wanted = {
    layers: image.layers,
    entries: image.entries,
    storedBytes: image.storedBytes,
    tarBytes: image.tarBytes,
    contentBytes: image.contentBytes,
  };
  for (const [key, value] of Object.entries(wanted)) {
    if (totals[key] !== value) throw new Error(`${path}: totals.${key} is ${totals[key]}, not ${value}`);
  }
  if (totals.rootfsBytes + totals.wastedBytes !== totals.contentBytes) {
    throw new Error(`${path}: root file system and waste do not add up to the contents`);
  }
}

/**
 * The groups that can be measured with the images and tools that are there.
 *
 * @param {{ cache: string, cli: string, images: Record<string, object>, quick: boolean }} options
 * @returns {Group[]}
 */
export function createGroups({ cache, cli, images, quick }) {
  const path = (name) => join(cache, `${name}.tar`);
  const has = (name) => images[name] !== undefined;
  const layers = (show, image, ...args) => ({
    name: show,
    kind: 'layers',
    show: `\`layers ${show}\``,
    argv: [process.execPath, cli, ...args],
    bytes: images[image]?.tarBytes,
    image,
  });
  const limit = (show, image, needs, argv) => ({
    name: show,
    kind: 'limit',
    show: `\`${show}\``,
    argv,
    bytes: images[image].tarBytes,
    needs,
    memoryRuns: 0,
  });
  const peer = (...args) => ({ ...limit(...args), kind: 'peer', memoryRuns: 1 });
  const group = (id, title, names, [runs, quickRuns], jobs, extra = {}) => {
    const wanted = jobs.filter((job) => !(quick && job.kind === 'peer'));
    const here = wanted.filter((job) => job.needs === undefined || which(job.needs) !== null);
    const missing = [...new Set(wanted.filter((job) => !here.includes(job)).map((job) => job.needs))];
    const check = () => {
      for (const name of names) checkInspect(cli, path(name), images[name]);
    };
    const files = [...names.map(path), ...(extra.files ?? [])];
    return {
      id,
      title,
      note: extra.note,
      files,
      runs: quick ? quickRuns : runs,
      jobs: [bareNode(), ...here],
      check,
      missing,
    };
  };

  const start = () => group('start', 'Start-up', [], [31, 9], [layers('--version', undefined, '--version')]);

  const raw = () => {
    const file = path('debian-raw');
    const members = layerMembers(file).map((member) => member.name);
    return group(
      'debian-raw',
      'Raw layers: debian-raw.tar',
      ['debian-raw'],
      [9, 3],
      [
        layers('inspect', 'debian-raw', 'inspect', file),
        layers('inspect --json', 'debian-raw', 'inspect', '--json', file),
        layers('verify', 'debian-raw', 'verify', file),
        limit('cat', 'debian-raw', 'cat', ['cat', file]),
        limit('sha256sum', 'debian-raw', 'sha256sum', ['sha256sum', file]),
        limit('openssl dgst -sha256', 'debian-raw', 'openssl', ['openssl', 'dgst', '-sha256', file]),
        peer('bsdtar -t of each layer', 'debian-raw', 'bsdtar', ['sh', '-c', LIST, file, ...members]),
        peer('skopeo inspect (config alone)', 'debian-raw', 'skopeo', [
          'skopeo',
          'inspect',
          `docker-archive:${file}`,
        ]),
      ],
    );
  };

  const rawWithoutCopies = () =>
    group(
      'debian-nochmod',
      'Raw layers with nothing to compare: debian-nochmod.tar',
      ['debian-nochmod'],
      [9, 3],
      [
        layers('inspect', 'debian-nochmod', 'inspect', path('debian-nochmod')),
        limit('cat', 'debian-nochmod', 'cat', ['cat', path('debian-nochmod')]),
      ],
      { note: 'debian-raw.tar without its `chmod -R` layer: no file has to be read.' },
    );

  const compressed = (name, title, programs) => {
    const file = path(name);
    const blobs = extractedLayers(cache, name);
    const decompress = programs.map((program) =>
      limit(`${program} -dc of the layers`, name, program, [program, '-dc', ...blobs]),
    );
    const [first] = programs;
    const parallel = limit(`${first} -dc of the layers, 2 at a time`, name, first, [
      ...['sh', '-c', TWO_AT_A_TIME, first],
      ...blobs,
    ]);
    return group(
      name,
      title,
      [name],
      [7, 3],
      [
        layers('inspect', name, 'inspect', file),
        ...(quick ? [] : [layers('verify', name, 'verify', file)]),
        ...decompress,
        parallel,
        peer('skopeo inspect (config alone)', name, 'skopeo', ['skopeo', 'inspect', `oci-archive:${file}`]),
      ],
      { files: blobs, note: 'MB/s counts the uncompressed bytes of the layers.' },
    );
  };

  const growth = (names) =>
    group(
      'growth',
      'Growth with the number of entries',
      names,
      [7, 3],
      names.map((name) => layers(`inspect ${name}`, name, 'inspect', path(name))),
    );

  const grown = growthImages.filter(has);
  const groups = [start()];
  if (has('debian-raw')) {
    groups.push(raw(), ...rewritingGroups({ cache, cli, images, quick, bareNode }));
  }
  if (has('debian-nochmod')) groups.push(rawWithoutCopies());
  if (has('debian-gzip')) {
    groups.push(compressed('debian-gzip', 'gzip layers: debian-gzip.tar', ['gzip', 'pigz', 'igzip']));
  }
  if (has('debian-zstd')) groups.push(compressed('debian-zstd', 'zstd layers: debian-zstd.tar', ['zstd']));
  if (grown.length > 0) groups.push(growth(grown));
  return groups;
}
