import { counted, groupedNumber, humanBytes } from '../format.js';
import { stepName } from '../story.js';
import type { Column, Table } from '../table.js';
import { columnsOf, indexes } from '../table-columns.js';
import type { Fleet } from './fleet.js';
import { dayOf, shortDigest } from './fleet-names.js';
import { olderIn } from './retention.js';
import { largestPairs } from './sharing.js';

/** Enough to see which images are alike. */
const MOST_PAIRS = 1000;

/** Returns the tables of a fleet. Those without rows are left out. */
export function fleetTables(fleet: Fleet): Table<number>[] {
  return [
    imagesTable(fleet),
    repositoriesTable(fleet),
    layersTable(fleet),
    pairsTable(fleet),
    duplicatesTable(fleet),
    basesTable(fleet),
    staleTable(fleet),
    changesTable(fleet),
    packagesTable(fleet),
    problemsTable(fleet),
  ].filter(({ rows }) => rows.length > 0);
}

const FREES = 'what deleting it frees: the layers that no other image has';

function imagesTable({ facts: { images, totals }, tree }: Fleet): Table<number> {
  return {
    id: 'images',
    title: 'Images',
    summary: `${counted(totals.images, 'image')}, with what deleting each would free.`,
    rows: indexes(images),
    columns: columnsOf(images, [
      { title: 'image', read: ({ name }) => name },
      { title: 'stored', read: ({ storedBytes }) => storedBytes, show: humanBytes },
      { title: 'frees', hint: FREES, read: ({ exclusiveBytes }) => exclusiveBytes, show: humanBytes },
      {
        title: 'shared',
        hint: 'its layers that other images have too',
        read: ({ storedBytes, exclusiveBytes }) => storedBytes - exclusiveBytes,
        show: humanBytes,
      },
      {
        title: 'own files',
        hint: 'contents of files that no other image has, uncompressed',
        read: ({ exclusiveFileBytes }) => exclusiveFileBytes,
        show: humanBytes,
      },
      { title: 'wasted', read: ({ wastedBytes }) => wastedBytes, show: humanBytes },
      {
        title: 'root file system',
        read: ({ rootfsBytes }) => rootfsBytes,
        show: humanBytes,
      },
      { title: 'layers', read: ({ layers }) => layers },
      { title: 'files', read: ({ files }) => files, show: groupedNumber },
      { title: 'created', read: ({ created }) => dayOf(created) },
      { title: 'distribution', read: ({ distribution }) => distribution },
      { title: 'platform', read: ({ platform }) => platform },
    ]),
    linkColumn: 'image',
    target: (row) => ({ path: tree.pathOfImage[row] ?? -1, layer: -1 }),
  };
}

function repositoriesTable(fleet: Fleet): Table<number> {
  const { facts, repositories, tree } = fleet;
  const rows = facts.repositories.map((repository, i) => {
    const { deletable = [], images = [] } = repositories[i] ?? {};
    const older = repositories[i] === undefined ? [] : olderIn(fleet, repositories[i]);
    return {
      ...repository,
      images: images.length,
      freed: fleet.freedBy(deletable).bytes,
      older: fleet.freedBy(older).bytes,
    };
  });
  return {
    id: 'repositories',
    title: 'Repositories',
    summary:
      'How repositories grew, from their oldest image to their newest, and what deleting their images would free.',
    rows: indexes(rows),
    columns: columnsOf(rows, [
      { title: 'repository', read: ({ name }) => name },
      { title: 'tags', read: ({ tags }) => tags },
      {
        title: 'stored',
        hint: 'each layer of its images once',
        read: ({ totalBytes }) => totalBytes,
        show: humanBytes,
      },
      {
        title: 'frees',
        hint: 'what deleting all of its images frees',
        read: ({ freed }) => freed,
        show: humanBytes,
      },
      {
        title: 'older images free',
        hint: 'what deleting all of its images but the newest frees',
        read: ({ older }) => older,
        show: humanBytes,
      },
      { title: 'oldest image', read: ({ firstBytes }) => firstBytes, show: humanBytes },
      { title: 'newest image', read: ({ lastBytes }) => lastBytes, show: humanBytes },
      { title: 'first created', read: ({ firstCreated }) => dayOf(firstCreated) },
      { title: 'last created', read: ({ lastCreated }) => dayOf(lastCreated) },
    ]),
    linkColumn: 'repository',
    target: (row) => ({ path: tree.pathOfRepository[row] ?? -1, layer: -1 }),
  };
}

function layersTable(fleet: Fleet): Table<number> {
  const { layers } = fleet.facts;
  const saved = (layer: number): number =>
    (layers[layer]?.storedBytes ?? 0) * ((layers[layer]?.images ?? 1) - 1);
  const instruction: Column<number> = {
    title: 'instruction',
    read: (layer) => stepName(fleet.instructionOf(layer), 200),
  };
  return {
    id: 'layers',
    title: 'Layers',
    summary:
      'Each layer once, with the number of images that have it: those first that sharing saves most of.',
    rows: indexes(layers).sort((a, b) => saved(b) - saved(a)),
    columns: [
      ...columnsOf(layers, [
        { title: 'layer', read: ({ digest }) => shortDigest(digest) },
        { title: 'stored', read: ({ storedBytes }) => storedBytes, show: humanBytes },
        { title: 'images', read: ({ images }) => images },
      ]),
      { title: 'saved', hint: 'by storing it once for all of these images', read: saved, show: humanBytes },
      ...columnsOf(layers, [
        {
          title: 'files',
          hint: 'uncompressed',
          read: ({ contentBytes }) => contentBytes,
          show: humanBytes,
        },
      ]),
      instruction,
    ],
    linkColumn: 'layer',
    target: (layer) => ({ path: fleet.tree.pathOfLayer[layer] ?? -1, layer: -1 }),
  };
}

function pairsTable(fleet: Fleet): Table<number> {
  const { facts, tree } = fleet;
  const { pairs, images, total } = largestPairs(fleet, MOST_PAIRS);
  const among = images < facts.images.length ? ` among the ${groupedNumber(images)} largest images` : '';
  const most =
    pairs.length < total
      ? `The ${groupedNumber(pairs.length)} of ${counted(total, 'pair')} of images`
      : 'Pairs of images';
  const storedOf = (image: number): number => facts.images[image]?.storedBytes ?? 0;
  return {
    id: 'pairs',
    title: 'Pairs',
    summary: `${most} that share most${among}.`,
    rows: indexes(pairs),
    columns: columnsOf(pairs, [
      { title: 'shared', read: ({ bytes }) => bytes, show: humanBytes },
      { title: 'image', read: ({ a }) => facts.images[a]?.name ?? null },
      { title: 'stored', read: ({ a }) => storedOf(a), show: humanBytes },
      { title: 'other image', read: ({ b }) => facts.images[b]?.name ?? null },
      { title: 'other stored', read: ({ b }) => storedOf(b), show: humanBytes },
    ]),
    linkColumn: 'image',
    target: (row) => ({ path: tree.pathOfImage[pairs[row]?.a ?? -1] ?? -1, layer: -1 }),
  };
}

function duplicatesTable({ facts: { duplicates, totals } }: Fleet): Table<number> {
  return {
    id: 'duplicates',
    title: 'Duplicates',
    summary: `Contents of files that are stored more than once, uncompressed: those with the most bytes. All copies but one have ${humanBytes(totals.contentBytes - totals.fileBytes)}.`,
    rows: indexes(duplicates),
    columns: columnsOf(duplicates, [
      { title: 'copies but one', read: ({ extraBytes }) => extraBytes, show: humanBytes },
      { title: 'size', read: ({ sizeBytes }) => sizeBytes, show: humanBytes },
      { title: 'copies', read: ({ copies }) => copies },
      { title: 'layers', read: ({ layers }) => layers },
      { title: 'content', hint: 'the start of its SHA-256', read: ({ content }) => shortDigest(content) },
      { title: 'path', hint: 'of one of the copies', read: ({ path }) => path },
    ]),
  };
}

function basesTable({ facts: { bases }, tree }: Fleet): Table<number> {
  return {
    id: 'bases',
    title: 'Bases',
    summary: 'The layers that images are built on: of an image, or below the point where images part.',
    rows: indexes(bases),
    columns: columnsOf(bases, [
      { title: 'base', read: ({ name, layers }) => name ?? counted(layers, 'layer') },
      { title: 'images', hint: 'built on it', read: ({ images }) => images },
      { title: 'layers', read: ({ layers }) => layers },
      { title: 'files', hint: 'uncompressed', read: ({ contentBytes }) => contentBytes, show: humanBytes },
      { title: 'distribution', read: ({ distribution }) => distribution },
      { title: 'created', read: ({ created }) => dayOf(created) },
      {
        title: 'days behind',
        hint: 'from its lowest layer to the newest one of the same release',
        read: ({ daysBehind }) => daysBehind,
      },
    ]),
    linkColumn: 'base',
    target: (row) => ({ path: tree.pathOfLayer[bases[row]?.layer ?? -1] ?? -1, layer: -1 }),
  };
}

function staleTable(fleet: Fleet): Table<number> {
  const { facts, tree } = fleet;
  const { stale, images } = facts;
  /** Images without a tag can have equal names: the lowest layer tells them apart. */
  const imageOf = (name: string, lowest: number): number =>
    images.findIndex((image, i) => image.name === name && fleet.usesOf(i)[0]?.layer === lowest);
  const byName = (name: string): number => images.findIndex((image) => image.name === name);
  return {
    id: 'stale',
    title: 'Stale',
    summary:
      'Images whose lowest layer is older than that of others with the same release of a distribution.',
    rows: indexes(stale),
    columns: columnsOf(stale, [
      { title: 'image', read: ({ name }) => name },
      { title: 'days behind', read: ({ daysBehind }) => daysBehind },
      { title: 'distribution', read: ({ distribution }) => distribution },
      { title: 'base of', read: ({ created }) => dayOf(created) },
      { title: 'newest of', read: ({ newest }) => dayOf(newest) },
    ]),
    linkColumn: 'image',
    target: (row) => {
      const { name = '', layer = -1 } = stale[row] ?? {};
      const exact = imageOf(name, layer);
      return { path: tree.pathOfImage[exact === -1 ? byName(name) : exact] ?? -1, layer: -1 };
    },
  };
}

function changesTable({ facts: { changes } }: Fleet): Table<number> {
  return {
    id: 'whatif',
    title: 'What if',
    summary: 'What changes to all images would save.',
    rows: indexes(changes),
    columns: columnsOf(changes, [
      { title: 'change', read: ({ change }) => change },
      { title: 'stored', read: ({ storedBytes }) => storedBytes, show: humanBytes },
      { title: 'saved', read: ({ savedBytes }) => savedBytes, show: humanBytes },
      { title: 'method', read: ({ method }) => method },
    ]),
  };
}

function packagesTable({ facts: { packages } }: Fleet): Table<number> {
  return {
    id: 'packages',
    title: 'Packages',
    summary: 'Packages, with the number of images that have them: those of the most images.',
    rows: indexes(packages),
    columns: columnsOf(packages, [
      { title: 'name', read: ({ name }) => name },
      { title: 'type', read: ({ type }) => type },
      { title: 'images', read: ({ images }) => images },
      { title: 'versions', read: ({ versions }) => versions },
    ]),
  };
}

function problemsTable({ facts: { problems } }: Fleet): Table<number> {
  return {
    id: 'problems',
    title: 'Problems',
    summary: 'What the scan could not read.',
    rows: indexes(problems),
    columns: columnsOf(problems, [
      { title: 'source', read: ({ source }) => source },
      { title: 'position', read: ({ position }) => position },
      { title: 'code', read: ({ code }) => code },
      { title: 'message', read: ({ message }) => message },
    ]),
  };
}
