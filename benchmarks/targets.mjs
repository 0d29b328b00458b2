// Compares the targets of `layers` for speed and memory with the measurements of the same run.
import { growthFits } from './groups/growth.mjs';

const MB = 1e6;
const SMALL = 'under 150 MB';

const RAW = ['inspect:raw', 'layers inspect'];
const PLAIN = ['inspect:nochmod', 'layers inspect'];
const GZIP = ['inspect:gzip', 'layers inspect'];
const ZSTD = ['inspect:zstd', 'layers inspect'];
const DIFF = ['diff:next', 'layers diff'];
const EXPORT = ['export', 'layers export'];
const SQUASH = ['squash', 'layers squash'];
const REPACK_GZIP = ['repack:gzip', 'layers repack --compression gzip'];
const REPACK_ZSTD = ['repack:zstd', 'layers repack --compression zstd'];
const LOAD = ['load', 'layers load'];
const REGISTRY = ['small', 'mixed', 'many', 'raw'].flatMap((image) => [
  { image, what: 'push', skopeo: 'skopeo copy from oci:DIR' },
  { image, what: 'pull', skopeo: 'skopeo copy to oci:DIR' },
  { image, what: 'copy', skopeo: 'skopeo copy' },
]);
const MILLION = ['growth:entries', 'layers inspect million.tar'];

const DIVE = 'dive --ci';
const FIRST = 'layers inspect, the first command of a user';

/** Images of the spread, and the most that `inspect` may take of dive's time. */
const SPREAD = [
  ['debian-base', 'layers inspect', 0.75],
  ['debian-base', FIRST, 0.9],
  ['debian-base-gzip', 'layers inspect', 0.6],
  ['app', 'layers inspect', 0.75],
  ['app-gzip', 'layers inspect', 0.6],
].map(([image, job, most]) => [
  `${job.slice('layers '.length)}, over dive: ${image}`,
  'at most',
  most,
  [`spread:${image}`, job],
  [`spread:${image}`, DIVE],
]);

/** `[what, unit, target, of…]`: ratios of medians are of the first job over the second. */
const TIMES = [
  ...SPREAD,
  ['dive over inspect, uncompressed layers', 'at least', 50, ['inspect:raw', 'dive --json'], RAW],
  [
    'inspect over bare node, uncompressed layers, nothing to compare',
    'under',
    3,
    PLAIN,
    ['inspect:nochmod', 'node'],
  ],
  [
    'dive over inspect, gzip layers',
    'at least',
    5,
    ['inspect:gzip', 'dive --ci of a docker archive with these layers'],
    GZIP,
  ],
  [
    '`pigz -dc` of the layers over inspect, gzip layers',
    'at least',
    1,
    ['inspect:gzip', 'pigz -dc of the layers'],
    GZIP,
  ],
  [
    '`sha256sum` over verify, uncompressed layers',
    'at least',
    1.5,
    ['verify:raw', 'sha256sum'],
    ['verify:raw', 'layers verify --json'],
  ],
  [
    'unpacking and `diff -r` over diff',
    'at least',
    20,
    ['diff:next', 'umoci raw unpack of both, and diff -rq'],
    DIFF,
  ],
  ['docker export over export', 'at least', 3, ['export', 'docker export, and sync'], EXPORT],
  ['undocker over export', 'at least', 2, ['export', 'undocker, and sync'], EXPORT],
  [
    'export over copying what it writes',
    'at most',
    1.4,
    EXPORT,
    ['export', 'cat to a file of what export writes, and sync'],
  ],
  ['docker-squash over squash', 'at least', 5, ['squash', 'docker-squash, and sync'], SQUASH],
  [
    'squash over copying what it writes',
    'at most',
    1.6,
    SQUASH,
    ['squash', 'cat to a file of what squash writes, and sync'],
  ],
  ['pigz over repack to gzip', 'at least', 1, ['repack:gzip', 'pigz -p 2 -6, and sync'], REPACK_GZIP],
  ['zstd over repack to zstd', 'at least', 1, ['repack:zstd', 'zstd -T2 -3, and sync'], REPACK_ZSTD],
  ['docker load over load', 'at least', 2, ['load', 'docker load'], LOAD],
  ['podman load over load', 'at least', 2, ['load', 'podman load'], LOAD],
  ...REGISTRY.map(({ image, what, skopeo }) => {
    const id = `registry:${what}:${image}`;
    return [`skopeo over ${what} of the image ${image}`, 'at least', 1, [id, skopeo], [id, `layers ${what}`]];
  }),
  // Too small to fit.
  [
    'inspect of 10 GB over inspect of 10 MB, uncompressed layers',
    'under',
    2,
    ['growth:bytes', 'layers inspect bytes-10g.tar'],
    ['growth:bytes', 'layers inspect bytes-10m.tar'],
  ],
];

/** `[what, most bytes, of]` */
const MEMORY = [
  ['inspect, uncompressed layers', SMALL, 150, RAW],
  ['inspect, gzip layers', SMALL, 150, GZIP],
  ['inspect, zstd layers', SMALL, 150, ZSTD],
  ['diff', SMALL, 150, DIFF],
  ['export', SMALL, 150, EXPORT],
  ['squash', SMALL, 150, SQUASH],
  ['load', SMALL, 150, LOAD],
  ...REGISTRY.map(({ image, what }) => {
    return [`${what} of the image ${image}`, SMALL, 150, [`registry:${what}:${image}`, `layers ${what}`]];
  }),
  ['repack to gzip', 'under 200 MB', 200, REPACK_GZIP],
  ['repack to zstd', 'under 200 MB', 200, REPACK_ZSTD],
  ['inspect, 1,000,000 entries', 'under 400 MB', 400, MILLION],
];

/** The largest exponent that meets the target, by group and quantity. */
const GROWTH = { 'inspect, with entries': 1.1, 'verify, with bytes': 1.1 };
/** Quantities that must not cost time by themselves. */
const FLAT = { 'inspect, with layers': 0.2 };

const COMPARE = {
  'at least': (value, target) => value >= target,
  'at most': (value, target) => value <= target,
  under: (value, target) => value < target,
};

function row(what, target, value, show, passes) {
  const known = value !== undefined && value !== null && Number.isFinite(value);
  return {
    what,
    target,
    measured: known ? show(value) : 'not measured',
    pass: known ? passes(value) : null,
  };
}

function growthRows(groups, images) {
  const found = new Map(growthFits(groups, images).map((fit) => [fit.what, fit.exponent]));
  const rows = (limits, word) =>
    Object.entries(limits).map(([what, limit]) =>
      row(
        `time of ${what}: exponent`,
        `${word}: at most ${limit}`,
        found.get(what),
        (value) => value.toFixed(2),
        (value) => value <= limit,
      ),
    );
  return [...rows(GROWTH, 'linear'), ...rows(FLAT, 'next to nothing')];
}

/**
 * Returns every target with its measurement. A tool with a wrong result is compared, too; its group describes the fault.
 *
 * @param {(import('./context.mjs').Group & { results?: Map<string, import('./measure.mjs').Measurement> })[]} groups
 * @param {Record<string, { entries: number, tarBytes: number }>} images by name
 * @returns {{ what: string, target: string, measured: string, pass: boolean | null }[]}
 *   `pass` is null if it was not measured
 */
export function judge(groups, images) {
  const find = ([id, name]) => groups.find((group) => group.id === id)?.results?.get(name);
  const ratio = (a, b) => {
    const [x, y] = [find(a)?.median, find(b)?.median];
    return x === undefined || y === undefined ? undefined : x / y;
  };
  return [
    ...TIMES.map(([what, unit, target, a, b]) =>
      row(
        what,
        `${unit} ${target}`,
        ratio(a, b),
        (value) => value.toFixed(value < 10 ? 2 : 0),
        (value) => COMPARE[unit](value, target),
      ),
    ),
    ...MEMORY.map(([what, target, most, of]) =>
      row(
        `peak memory of ${what}`,
        target,
        find(of)?.peakRssBytes,
        (value) => `${(value / MB).toFixed(0)} MB`,
        (value) => value < most * MB,
      ),
    ),
    ...growthRows(groups, images),
  ];
}
