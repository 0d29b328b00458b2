import { counted, groupedNumber, humanBytes, percent, roundPercent } from '../format.js';
import { capital, type Figure, type Statement, stepOf } from '../story.js';
import type { Fleet } from './fleet.js';
import { olderImages } from './retention.js';
import { largestPairs } from './sharing.js';

/** Returns the sums at the top of the page about a fleet. */
export function fleetFigures({ facts: { totals, images } }: Fleet): Figure[] {
  const { wholeBytes, storedBytes } = totals;
  const size = (label: string, bytes: number, what: string): Figure => ({
    label,
    value: humanBytes(bytes),
    title: `${groupedNumber(bytes)} bytes: ${what}`,
  });
  const count = (label: string, value: number): Figure => ({ label, value: groupedNumber(value), title: '' });
  const wasted = images.reduce((sum, { wastedBytes }) => sum + wastedBytes, 0);
  return [
    count('images', totals.images),
    size('stored', storedBytes, 'each layer once'),
    size('without sharing', wholeBytes, 'each image with all of its layers'),
    size(
      `saved by sharing${wholeBytes === 0 ? '' : `, ${percent((wholeBytes - storedBytes) / wholeBytes)}`}`,
      wholeBytes - storedBytes,
      'the difference of both',
    ),
    count('layers', totals.layers),
    size(
      'wasted in images',
      wasted,
      'files of all images that a later layer deletes or replaces, uncompressed',
    ),
  ];
}

/** A share that is worth a sentence. */
const LEAST_SHARE = 0.01;

/** Says what to delete: which image, which repository, which old images, what is wasted. */
export function deletionStory(fleet: Fleet): Statement[] {
  const { facts, repositories, tree } = fleet;
  const { images, totals } = facts;
  const all = { layer: -1, path: 0 };
  if (images.length === 0) return [{ text: 'The fleet has no images.', ...all }];
  const statements: Statement[] = [];
  const [image = 0] = [...images.keys()].sort((a, b) => exclusive(fleet, b) - exclusive(fleet, a));
  const name = images[image]?.name ?? '';
  const frees = exclusive(fleet, image);
  statements.push(
    frees === 0
      ? { text: 'Deleting a single image frees nothing: other images have all of its layers.', ...all }
      : {
          text: `Of all images, deleting ${name} frees most: ${humanBytes(frees)} of its ${humanBytes(images[image]?.storedBytes ?? 0)}.`,
          layer: -1,
          path: tree.pathOfImage[image] ?? 0,
          table: 'images',
        },
  );
  const freed = repositories.map(({ deletable }) => fleet.freedBy(deletable).bytes);
  const [repository = 0] = [...repositories.keys()].sort((a, b) => (freed[b] ?? 0) - (freed[a] ?? 0));
  if (repositories.length > 1)
    statements.push({
      text: `Of all repositories, deleting ${repositories[repository]?.name ?? ''} frees most: ${humanBytes(freed[repository] ?? 0)}, with ${counted(repositories[repository]?.deletable.length ?? 0, 'image')}.`,
      layer: -1,
      path: tree.pathOfRepository[repository] ?? 0,
      table: 'repositories',
    });
  const old = olderImages(fleet);
  const oldBytes = fleet.freedBy(old).bytes;
  if (oldBytes > totals.storedBytes * LEAST_SHARE)
    statements.push({
      text: `Deleting all but the newest image of each repository, ${counted(old.length, 'image')}, frees ${humanBytes(oldBytes)}, ${roundPercent(oldBytes / totals.storedBytes)}.`,
      ...all,
      table: 'repositories',
    });
  const [waste = 0] = [...images.keys()].sort((a, b) => wasted(fleet, b) - wasted(fleet, a));
  if (wasted(fleet, waste) > 0)
    statements.push({
      text: `${images[waste]?.name ?? ''} wastes most: ${humanBytes(wasted(fleet, waste))} of files that its later layers delete or replace.`,
      layer: -1,
      path: tree.pathOfImage[waste] ?? 0,
      table: 'images',
    });
  const best = facts.changes
    .filter(({ savedBytes, change }) => savedBytes !== null && savedBytes > 0 && change !== 'none')
    .sort((a, b) => (b.savedBytes ?? 0) - (a.savedBytes ?? 0))[0];
  if (best !== undefined)
    statements.push({
      text: `${capital(best.change)} would save ${humanBytes(best.savedBytes ?? 0)} (${best.method}).`,
      ...all,
      table: 'whatif',
    });
  return statements;
}

function exclusive(fleet: Fleet, image: number): number {
  return fleet.imageAt(image)?.exclusiveBytes ?? 0;
}

function wasted(fleet: Fleet, image: number): number {
  return fleet.imageAt(image)?.wastedBytes ?? 0;
}

/** Says what is shared: by which images, which layers, which bases; what is stored twice; what is old. */
export function sharingStory(fleet: Fleet): Statement[] {
  const { facts, tree } = fleet;
  const { totals, images, layers, bases, stale, problems } = facts;
  const all = { layer: -1, path: 0 };
  const statements: Statement[] = [];
  const [pair] = largestPairs(fleet, 1).pairs;
  if (pair !== undefined) {
    const [a, b] = [images[pair.a], images[pair.b]];
    statements.push({
      text: `${a?.name ?? ''} and ${b?.name ?? ''} share most: ${humanBytes(pair.bytes)} of ${humanBytes(a?.storedBytes ?? 0)} and ${humanBytes(b?.storedBytes ?? 0)}.`,
      layer: -1,
      path: tree.pathOfImage[pair.a] ?? 0,
      table: 'pairs',
    });
  } else if (images.length > 1) statements.push({ text: 'No two images share a layer.', ...all });
  const savedBy = (layer: number): number => {
    const { storedBytes = 0, images: count = 1 } = layers[layer] ?? {};
    return storedBytes * (count - 1);
  };
  const [layer = 0] = [...layers.keys()].sort((a, b) => savedBy(b) - savedBy(a));
  if (savedBy(layer) > 0)
    statements.push({
      text: `One layer of ${humanBytes(layers[layer]?.storedBytes ?? 0)} is in ${counted(layers[layer]?.images ?? 0, 'image')}`,
      ...stepOf(fleet.instructionOf(layer)),
      layer: -1,
      path: tree.pathOfLayer[layer] ?? 0,
      table: 'layers',
    });
  const [base] = bases;
  if (base !== undefined)
    statements.push({
      text: `${groupedNumber(base.images)} of ${counted(totals.images, 'image')} are built on ${base.name ?? (base.layers === 1 ? 'the same lowest layer' : `the same ${base.layers} lowest layers`)}.`,
      ...all,
      table: 'bases',
    });
  const twice = totals.contentBytes - totals.fileBytes;
  if (twice > totals.contentBytes * LEAST_SHARE)
    statements.push({
      text: `${humanBytes(twice)} of files, ${roundPercent(twice / totals.contentBytes)}, are stored again in other layers.`,
      ...all,
      table: 'duplicates',
    });
  if (stale.length > 0)
    statements.push({
      text: `${counted(stale.length, 'image')} ${stale.length === 1 ? 'is' : 'are'} on an older base than others of the same release.`,
      ...all,
      table: 'stale',
    });
  if (problems.length > 0)
    statements.push({
      text: `${counted(problems.length, 'problem')}: what the scan could not read is missing here.`,
      ...all,
      table: 'problems',
    });
  return statements;
}
