// The growth of time with entries, layers and bytes.
import { fileURLToPath } from 'node:url';
import { bareNode } from '../context.mjs';
import { fitExponent } from '../measure.mjs';
import { checkInspect } from './checks.mjs';

const demo = fileURLToPath(new URL('../../examples/demo.tar', import.meta.url));
const byEntries = ['entries-10k', 'entries-100k', 'entries-250k', 'entries-500k', 'million'];
const byLayers = ['layers-1', 'layers-10', 'layers-50', 'layers-100'];
const byBytes = ['bytes-10m', 'bytes-100m', 'bytes-1g', 'bytes-10g'];

/** The fits: seconds of a command over a number of images.json, in a group. */
const fits = [
  { id: 'growth:entries', command: 'inspect', measureKey: 'entries', what: 'inspect, with entries' },
  { id: 'growth:layers', command: 'inspect', measureKey: 'layers', what: 'inspect, with layers' },
  {
    id: 'growth:bytes',
    command: 'inspect',
    measureKey: 'tarBytes',
    what: 'inspect of uncompressed layers, with bytes',
  },
  { id: 'growth:bytes', command: 'verify', measureKey: 'tarBytes', what: 'verify, with bytes' },
];

/** The command on a tiny image. Its time is subtracted. */
const emptyRun = ({ layers }, command) =>
  layers(`${command} examples/demo.tar`, [command, demo], { command });

function onImage(context, command, name, extra = {}) {
  const { layers, archive, images } = context;
  return layers(`${command} ${name}.tar`, [command, archive(name)], {
    command,
    image: name,
    bytes: images[name].tarBytes,
    entries: images[name].entries,
    verify: command === 'inspect' ? () => checkInspect(context, name) : undefined,
    ...extra,
  });
}

function growthGroup(context, names, commands, rest) {
  const { group, archive, has } = context;
  const here = names.filter((name) => has(name));
  if (here.length === 0) return [];
  const alone = ['big-file'];
  const jobs = commands.flatMap((command) => [
    emptyRun(context, command),
    ...here.map((name) =>
      onImage(context, command, name, {
        fitted: !alone.includes(name),
        runs: name === 'bytes-10g' ? 3 : undefined,
      }),
    ),
  ]);
  return [group({ ...rest, files: here.map(archive), jobs: [bareNode(), ...jobs] })];
}

/** @param {import('../context.mjs').Context} context */
export function growthGroups(context) {
  return [
    ...growthGroup(context, byEntries, ['inspect'], {
      id: 'growth:entries',
      title: 'Growth with the number of entries',
      runs: [7, 3],
    }),
    ...growthGroup(context, byLayers, ['inspect'], {
      id: 'growth:layers',
      title: 'Growth with the number of layers',
      note: 'The same 100,000 entries and bytes in 1 to 100 layers.',
      runs: [7, 3],
    }),
    ...growthGroup(context, [...byBytes, 'big-file'], ['inspect', 'verify'], {
      id: 'growth:bytes',
      title: 'Growth with the number of bytes',
      note: '100 files in four uncompressed layers; big-file.tar has one file of 1 GB. inspect does not read the files.',
      runs: [5, 2],
    }),
  ];
}

/**
 * Returns how the time of a command grows: the exponent k of (seconds minus those for a tiny image) ∝ x^k with its R².
 * x is `measureKey` of images.json. Returns null if the group has fewer than three measured sizes.
 */
export function fitGrowth(group, images, measureKey, command = 'inspect') {
  const jobs = group.jobs.filter((job) => job.command === command && group.results?.has(job.name));
  const seconds = ({ name }) => group.results.get(name).median;
  const empty = jobs.find(({ image }) => image === undefined);
  if (empty === undefined) return null;
  const points = jobs
    .filter(({ fitted }) => fitted)
    .map((job) => [images[job.image][measureKey], seconds(job) - seconds(empty)]);
  return fitExponent(points);
}

/**
 * Returns all possible fits of the measured groups.
 *
 * @returns {{ id: string, what: string, exponent: number, r2: number }[]} `id` is that of the group
 */
export function growthFits(groups, images) {
  return fits.flatMap(({ id, what, command, measureKey }) => {
    const group = groups.find((each) => each.id === id);
    const fit = group === undefined ? null : fitGrowth(group, images, measureKey, command);
    return fit === null ? [] : [{ id, what, ...fit }];
  });
}
