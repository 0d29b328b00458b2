// `layers inspect`, compared with reading the archive, decompressing its layers, and other inspectors.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareNode, shell } from '../context.mjs';
import { layerFiles } from '../describe-images.mjs';
import { capture } from '../measure.mjs';
import { peerModule } from '../peers.mjs';
import { checkInspect, count, expectSame, extractedLayers, scratch, totalsOf } from './checks.mjs';

const snykScan = fileURLToPath(new URL('../peers/snyk-scan.mjs', import.meta.url));
const TWO_AT_A_TIME = `program=$1; shift; printf '%s\\0' "$@" | xargs -0 -n 1 -P 2 "$program" -dc`;

/** Throws if dive counts other bytes of files (if it reports them), or another waste. */
function checkWaste(context, name, bytes, wasted) {
  if (bytes !== undefined) expectSame('bytes of files', bytes, context.images[name].contentBytes);
  const { wastedBytes } = totalsOf(context, name);
  if (wasted === wastedBytes) return;
  throw new Error(
    `it counts ${count(wasted)} bytes as wasted, where ${count(wastedBytes)} of those stored are not ` +
      `in the root file system (${(wasted / wastedBytes).toFixed(2)} ×)`,
  );
}

/** Returns dive's report as JSON. Its exit status is 0, or 1 if the image exceeds dive's limits. */
function diveJson(context, name) {
  const out = join(context.cache, '.dive.json');
  return context.peer(
    'dive --json',
    'dive',
    (path) => [path, '--source', 'docker-archive', '--json', out, context.archive(name)],
    {
      runs: 1,
      bytes: context.images[name].tarBytes,
      before: () => rmSync(out, { force: true }),
      verify() {
        const { layer, image } = JSON.parse(readFileSync(out, 'utf8'));
        rmSync(out);
        expectSame('layers', layer.length, context.images[name].layers);
        checkWaste(context, name, image.sizeBytes, image.inefficientBytes);
      },
    },
  );
}

/** A job of dive on compressed layers, in a docker-archive because dive cannot read OCI archives. */
function diveCi(context, name, archive) {
  return context.peer(
    'dive --ci of a docker archive with these layers',
    'dive',
    (path) => [path, '--source', 'docker-archive', '--ci', archive],
    {
      runs: 1,
      statuses: [0, 1],
      bytes: context.images[name].tarBytes,
      verify(output) {
        const wasted = /wastedBytes: (\d+) bytes/.exec(output)?.[1];
        if (wasted === undefined) throw new Error('it tells no waste');
        checkWaste(context, name, undefined, Number(wasted));
      },
    },
  );
}

function snyk(context, name) {
  const module = peerModule(context.cache, 'snyk-docker-plugin');
  const job = context.peer(
    'snyk-docker-plugin: scan (packages alone)',
    null,
    () => [process.execPath, snykScan, module, `docker-archive:${context.archive(name)}`],
    {
      runs: 2,
      bytes: context.images[name].tarBytes,
      verify(output) {
        const { layers, packages } = JSON.parse(output);
        expectSame('layers', layers, context.images[name].layers);
        const argv = [process.execPath, context.cli, 'cat', context.archive(name), '/var/lib/dpkg/status'];
        const status = capture({ name: 'layers cat', argv });
        expectSame('packages', packages, status.match(/^Status: install ok installed$/gm).length);
      },
    },
  );
  return module === null ? { ...job, missing: 'snyk-docker-plugin' } : job;
}

const skopeo = (context, transport, name) =>
  context.peer(
    'skopeo inspect (config alone)',
    'skopeo',
    (path) => [path, 'inspect', `${transport}:${context.archive(name)}`],
    {
      verify: (output) => expectSame('layers', JSON.parse(output).Layers.length, context.images[name].layers),
    },
  );

function inspectJobs({ layers, archive, images, ...context }, name, extra = {}) {
  const verify = () => checkInspect({ archive, images, ...context }, name);
  const bytes = images[name].tarBytes;
  return [
    layers('inspect', ['inspect', archive(name)], { bytes, verify, ...extra }),
    layers('inspect --json', ['inspect', '--json', archive(name)], { bytes, verify, ...extra }),
  ];
}

function raw(context, name, rest, peers) {
  const { group, limit, archive, images } = context;
  return group({
    ...rest,
    runs: [9, 3],
    files: [archive(name)],
    jobs: [
      bareNode(),
      ...inspectJobs(context, name),
      limit('cat', null, () => ['cat', archive(name)], { bytes: images[name].tarBytes }),
      ...peers,
    ],
  });
}

/** `note` and `begin` are those of the group. `peers` are jobs that other groups of compressed layers do not have. */
function packed(context, name, { programs, peers = [], begin, ...rest }) {
  const { group, limit, archive, images, tool } = context;
  const bytes = images[name].tarBytes;
  let blobs = [];
  const one = (program) => `${program} -dc of the layers`;
  const two = (program) => `${program} -dc of the layers, 2 at a time`;
  const files = [archive(name)];
  const fastest = programs.find((program) => tool(program) !== null);
  return group({
    ...rest,
    runs: [5, 3],
    files,
    begin: async () => {
      blobs = extractedLayers(context, name);
      files.push(...blobs);
      return begin?.();
    },
    jobs: [
      bareNode(),
      ...inspectJobs(context, name, { limit: fastest === undefined ? undefined : two(fastest) }),
      ...programs.flatMap((program) => [
        limit(one(program), program, (path) => [path, '-dc', ...blobs], { bytes, runs: 3 }),
        limit(two(program), program, (path) => shell(TWO_AT_A_TIME, path, ...blobs), { bytes, runs: 3 }),
      ]),
      skopeo(context, 'oci-archive', name),
      ...peers,
    ],
  });
}

/** Writes `.dive/NAME.tar`: a docker-archive of debian-raw with gzip layers. Returns a function that removes it. */
function packedForDive(context, archive) {
  if (context.quick || context.tool('dive') === null) return undefined;
  const end = scratch(join(context.cache, '.dive'));
  const argv = ['repack', '--format', 'docker', '--compression', 'gzip', '--no-progress', '-q'];
  capture({
    name: 'layers repack',
    argv: [process.execPath, context.cli, ...argv, context.archive('debian-raw'), '-o', archive],
  });
  expectSame(
    'layers of the archive for dive',
    layerFiles(archive).length,
    context.images['debian-raw'].layers,
  );
  return end;
}

/** @param {import('../context.mjs').Context} context */
export function inspectGroups(context) {
  const groups = [];
  if (context.has('debian-raw')) {
    const rest = {
      id: 'inspect:raw',
      title: 'inspect, uncompressed layers: debian-raw.tar',
      note: 'skopeo reads only the manifest and the config. snyk-docker-plugin searches for files of packages.',
    };
    groups.push(
      raw(context, 'debian-raw', rest, [
        skopeo(context, 'docker-archive', 'debian-raw'),
        snyk(context, 'debian-raw'),
        diveJson(context, 'debian-raw'),
      ]),
    );
  }
  if (context.has('debian-nochmod')) {
    const rest = {
      id: 'inspect:nochmod',
      title: 'inspect, uncompressed layers with nothing to compare: debian-nochmod.tar',
      note: 'debian-raw.tar without its `chmod -R` layer: no file has to be read.',
    };
    groups.push(raw(context, 'debian-nochmod', rest, []));
  }
  if (context.has('debian-gzip')) {
    const archive = join(context.cache, '.dive', 'gzip.tar');
    const hasRaw = context.has('debian-raw');
    groups.push(
      packed(context, 'debian-gzip', {
        id: 'inspect:gzip',
        title: 'inspect, gzip layers: debian-gzip.tar',
        note: 'MB/s counts the uncompressed bytes of the layers. dive cannot read OCI archives, so it reads a docker-archive of the same layers, made by `layers repack`.',
        programs: ['igzip', 'pigz', 'gzip'],
        peers: hasRaw ? [diveCi(context, 'debian-raw', archive)] : [],
        begin: hasRaw ? () => packedForDive(context, archive) : undefined,
      }),
    );
  }
  if (context.has('debian-zstd')) {
    groups.push(
      packed(context, 'debian-zstd', {
        id: 'inspect:zstd',
        title: 'inspect, zstd layers: debian-zstd.tar',
        note: 'MB/s counts the uncompressed bytes of the layers. dive does not support zstd layers.',
        programs: ['zstd'],
      }),
    );
  }
  return groups;
}
