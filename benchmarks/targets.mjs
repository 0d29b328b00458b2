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
