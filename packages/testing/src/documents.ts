import type { ListedEntry } from '@layers/core/analysis';
import {
  analyse,
  historyDocument,
  inspectDocument,
  listEntries,
  listHead,
  treeDocument,
  wasteDocument,
} from '@layers/core/analysis';
import { type ArchiveInput, openArchive, type ReadOptions, readImage } from '@layers/core/image';

/** Yields bytes as a pipe does, in pieces of the lengths in `sizes`, in rotation. */
export async function* pipeOf(bytes: Uint8Array, sizes: readonly number[] = [65_536]) {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield new Uint8Array(bytes.subarray(at, at + length));
    at += length;
  }
}

/** Returns piece lengths that split headers, contents and the end marker at varying places; the same for one seed. */
export function pieceSizes(seed: number, largest = 100_000): number[] {
  let state = seed >>> 0;
  return Array.from({ length: 97 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const kind = state % 4;
    const random = state >>> 8;
    return kind === 0 ? 1 + (random % 600) : kind === 1 ? 512 : 1 + (random % largest);
  });
}

export const pipe = (bytes: Uint8Array, sizes?: readonly number[]): ArchiveInput => ({
  path: '-',
  stream: pipeOf(bytes, sizes),
});

/** Returns all documents of all images of an archive, without their source. */
export async function documentsOf(input: ArchiveInput, options: ReadOptions = {}) {
  const archive = await openArchive(input, options);
  const { format, variant } = archive.source;
  const images = [];
  for (const description of archive.images) {
    const image = await readImage(archive, description, options);
    const analysis = analyse(image);
    const { source: _, ...inspect } = inspectDocument(analysis, { top: Number.POSITIVE_INFINITY });
    const { source: __, ...waste } = wasteDocument(analysis);
    const { source: ___, ...history } = historyDocument(image);
    const { source: ____, ...head } = listHead(analysis, {});
    const { source: _____, ...tree } = await treeDocument(analysis);
    const entries: ListedEntry[] = [...(await listEntries(analysis, { recursive: true }))];
    const ofLayers: ListedEntry[][] = [];
    for (const { position } of image.layers) {
      ofLayers.push([...(await listEntries(analysis, { layer: position }))]);
    }
    images.push({ inspect, waste, history, list: { ...head, entries }, tree, ofLayers });
  }
  return { format, variant, choices: archive.choices, findings: archive.findings, images };
}

export type Documents = Awaited<ReturnType<typeof documentsOf>>;

/** Adds up the waste of an image in each way that a document allows; all sums are equal. */
export function sumsOf({ inspect, waste }: Documents['images'][number]) {
  const { totals } = inspect;
  const add = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
  return {
    total: totals.contentBytes - totals.rootfsBytes,
    byContent: add(waste.waste.map(({ sizeBytes: bytes }) => bytes)),
    byLayer: add(inspect.layers.map(({ wastedBytes }) => wastedBytes)),
    byLayerOfWaste: add(waste.wasteByLayer.map(({ wastedBytes }) => wastedBytes)),
    byCause: add(Object.values(waste.wastedBytesByCause)),
    contentByLayer: add(inspect.layers.map(({ contentBytes }) => contentBytes)) - totals.rootfsBytes,
  };
}
