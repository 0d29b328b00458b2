// `layers inspect` and dive on images of every size, with this Node and with a newer one.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareNode } from '../context.mjs';
import { capture } from '../measure.mjs';
import { newerNode } from '../peers.mjs';
import { checkInspect, expectSame, scratch, totalsOf } from './checks.mjs';

const demo = fileURLToPath(new URL('../../examples/demo.tar', import.meta.url));

/** Images of the cache, with what they are like, and whether dive takes so long that it runs once. */
const IMAGES = [
  { name: 'alpine', like: 'one layer of 8 MB', forms: ['raw'] },
  { name: 'debian-base', like: 'the Debian base system, 170 MB', forms: ['raw', 'gzip'] },
  { name: 'app', like: '20,000 small files in 110 MB', forms: ['raw', 'gzip'] },
  { name: 'debian-nochmod', like: 'Debian and compilers, 1.3 GB', forms: ['raw'], isSlow: true },
  { name: 'debian-raw', like: 'the same with a `chmod -R`, 1.6 GB', forms: ['raw', 'gzip'], isSlow: true },
  { name: 'million', like: '1,000,000 entries', forms: ['raw'], isSlow: true },
];

/** Writes a docker-archive with gzip layers, which dive can read. Returns a function that removes it. */
function pack(context, name, archive) {
  const end = scratch(join(context.cache, `.spread-${name}`));
  const argv = ['repack', '--format', 'docker', '--compression', 'gzip', '--no-progress', '-q'];
  capture({
    name: 'layers repack',
    argv: [process.execPath, context.cli, ...argv, context.archive(name), '-o', archive],
  });
  return end;
}

function jobs(context, archive, { verify, bytes, isSlow = false }) {
  const newer = newerNode(context.cache);
  const { layers, peer, cli } = context;
  const home = join(context.cache, '.first-run');
  const forget = () => rmSync(home, { recursive: true, force: true });
  const first = { before: forget, env: { XDG_CACHE_HOME: home } };
  const withNewer = {
    ...layers(`inspect, Node ${newer?.version}`, ['inspect', archive], { bytes }),
    argv: [newer?.path, cli, 'inspect', archive],
  };
  const bareNewer = { ...bareNode(), name: 'newer node', show: `bare node ${newer?.version}` };
  return [
    bareNode(),
    layers('inspect', ['inspect', archive], { bytes, verify }),
    layers('inspect, the first command of a user', ['inspect', archive], { bytes, ...first }),
    ...(newer === null ? [] : [{ ...bareNewer, argv: [newer.path, '-e', '0'] }, withNewer]),
    peer(
      'dive --ci',
      'dive',
      (path) => [path, '--source', 'docker-archive', '--ci', archive],
      isSlow ? { bytes, runs: 1, statuses: [0, 1] } : { bytes, statuses: [0, 1] },
    ),
  ];
}

/** @param {import('../context.mjs').Context} context */
export function spreadGroups(context) {
  const { group, has, archive, images, quick } = context;
  const small = group({
    id: 'spread:demo',
    title: 'Spread: examples/demo.tar',
    note: 'Five layers, 240 kB.',
    runs: [21, 5],
    files: [demo],
    jobs: jobs(context, demo, {}),
  });
  const rest = IMAGES.filter(({ name }) => has(name)).flatMap(({ name, like, forms, isSlow }) => {
    const bytes = images[name].tarBytes;
    return forms.map((form) => {
      const isRaw = form === 'raw';
      const file = isRaw ? archive(name) : join(context.cache, `.spread-${name}`, 'gzip.tar');
      const checkContent = () => {
        const argv = [process.execPath, context.cli, 'inspect', '--json', file];
        const { contentBytes } = JSON.parse(capture({ name: 'layers inspect --json', argv })).totals;
        expectSame('bytes of files', contentBytes, totalsOf(context, name).contentBytes);
      };
      return group({
        id: `spread:${name}${isRaw ? '' : '-gzip'}`,
        title: `Spread: ${name}, ${isRaw ? 'uncompressed' : 'gzip'} layers`,
        note: `An image like ${like}.`,
        runs: isSlow ? [5, 3] : [15, 5],
        files: isRaw ? [file] : [],
        begin: isRaw || quick ? undefined : async () => pack(context, name, file),
        jobs:
          isRaw || !quick
            ? jobs(context, file, {
                bytes,
                isSlow,
                verify: isRaw ? () => checkInspect(context, name) : checkContent,
              })
            : [],
      });
    });
  });
  return [small, ...rest.filter((each) => each.jobs.length > 0)];
}
