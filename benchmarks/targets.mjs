// The speed and memory that `layers` asks of itself, held against what was measured.
import { fitExponent } from './measure.mjs';

const MB = 1e6;
const seconds = (value) => (value < 0.1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(3)} s`);
const megabytes = (value) => `${(value / MB).toFixed(0)} MB`;

/**
 * How time grows with entries: the exponent of `seconds - seconds of bare node` over entries, by least squares.
 * Null with fewer than three sizes.
 */
export function growthOf(groups, images) {
  const group = groups.find(({ id }) => id === 'growth');
  const node = group?.results?.get('node');
  if (node === undefined) return null;
  const points = group.jobs
    .filter(({ kind }) => kind === 'layers')
    .map(({ name, image }) => [images[image].entries, group.results.get(name).median - node.median]);
  return fitExponent(points);
}

const RATIO = (value) => value.toFixed(2);

/** Ratios of medians within one group, which ran in turn. */
function writingRows(find) {
  const ratio = (id, a, b) => {
    const [x, y] = [find(id, a)?.median, find(id, b)?.median];
    return x === undefined || y === undefined ? undefined : x / y;
  };
  const row = (what, target, value, show, passes) => ({
    what,
    target,
    measured: value === undefined || value === null ? 'not measured' : show(value),
    pass: value === undefined || value === null ? null : passes(value),
  });
  const copy = 'cat to a file of what export writes, and sync';
  const atMost = (what, limit, value) =>
    row(what, `at most ${limit}`, value, RATIO, (measured) => measured <= limit);
  const atLeast = (what, limit, value) =>
    row(what, `at least ${limit}`, value, RATIO, (measured) => measured >= limit);
  const peak = (id, name) =>
    row(
      `${name}: peak memory`,
      'under 200 MB',
      find(id, name)?.peakRssBytes,
      megabytes,
      (measured) => measured < 200 * MB,
    );
  return [
    atMost('export over copying what it writes', 1.6, ratio('rewrite', 'layers export', copy)),
    atMost('squash over copying what export writes', 1.6, ratio('rewrite', 'layers squash', copy)),
    atLeast('docker export over export', 3, ratio('rewrite', 'docker export, and sync', 'layers export')),
    atLeast('docker export over squash', 3, ratio('rewrite', 'docker export, and sync', 'layers squash')),
    atLeast(
      'pigz over repack to gzip',
      0.9,
      ratio('compress', 'pigz -p 2 -6', 'layers repack --compression gzip'),
    ),
    atLeast(
      'zstd over repack to zstd',
      0.9,
      ratio('compress', 'zstd -T2 -3', 'layers repack --compression zstd'),
    ),
    atLeast('docker load over load', 2, ratio('load', 'docker load', 'layers load')),
    atLeast('podman load over load', 2, ratio('load', 'podman load', 'layers load')),
    peak('rewrite', 'layers export'),
    peak('rewrite', 'layers squash'),
    peak('compress', 'layers repack --compression gzip'),
    peak('compress', 'layers repack --compression zstd'),
    peak('load', 'layers load'),
  ];
}

/**
 * Every target with what was measured for it.
 *
 * @param {(import('./suite.mjs').Group & { results?: Map<string, import('./measure.mjs').Measurement> })[]} groups
 * @param {Record<string, { entries: number, tarBytes: number }>} images by name
 * @returns {{ what: string, target: string, measured: string, pass: boolean | null }[]}
 *   `pass` is null for what was not measured
 */
export function judge(groups, images) {
  const find = (id, name) => groups.find((group) => group.id === id)?.results?.get(name);
  const rows = [];
  const row = (what, target, value, show, passes) => {
    const known = value !== undefined && value !== null && Number.isFinite(value);
    rows.push({
      what,
      target,
      measured: known ? show(value) : 'not measured',
      pass: known ? passes(value) : null,
    });
  };
  const difference = (a, b) => (a === undefined || b === undefined ? undefined : a.median - b.median);

  row(
    '`layers --version` beyond bare node',
    'at most 25 ms',
    difference(find('start', '--version'), find('start', 'node')),
    seconds,
    (value) => value <= 0.025,
  );
  const plain = find('debian-nochmod', 'inspect');
  const raw = find('debian-raw', 'inspect');
  row('inspect, raw layers, nothing to compare', 'under 0.2 s', plain?.median, seconds, (v) => v < 0.2);
  row('… peak memory', 'under 120 MB', plain?.peakRssBytes, megabytes, (v) => v < 120 * MB);
  row(
    'comparing the metadata-only copies (inspect of debian-raw less debian-nochmod)',
    'under 0.3 s more',
    difference(raw, plain),
    seconds,
    (v) => v < 0.3,
  );
  row('inspect, raw layers, comparing included', 'under 0.5 s', raw?.median, seconds, (v) => v < 0.5);
  row('… peak memory', 'under 120 MB', raw?.peakRssBytes, megabytes, (v) => v < 120 * MB);
  const gzip = find('debian-gzip', 'inspect');
  row(
    'inspect, gzip layers: uncompressed layer bytes over the whole run',
    'at least 800 MB/s',
    gzip === undefined ? undefined : images['debian-gzip'].tarBytes / gzip.median / MB,
    (v) => `${v.toFixed(0)} MB/s`,
    (v) => v >= 800,
  );
  row('… peak memory', 'under 250 MB', gzip?.peakRssBytes, megabytes, (v) => v < 250 * MB);
  rows.push(...writingRows(find));
  const million = find('growth', 'inspect million');
  row(
    'inspect, 1,000,000 entries: peak memory',
    'under 400 MB',
    million?.peakRssBytes,
    megabytes,
    (v) => v < 400 * MB,
  );
  row(
    'time against entries: exponent, start-up of node taken off',
    'linear: at most 1.10',
    growthOf(groups, images)?.exponent,
    (v) => v.toFixed(2),
    (v) => v <= 1.1,
  );
  return rows;
}
