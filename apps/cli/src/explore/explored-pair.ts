import { allFindings, analyse, type InspectDocument, inspectDocument } from '@layers/core/analysis';
import { compareLayers, withSharedLayers } from '@layers/core/diff';
import { withPlace } from '@layers/core/findings';
import { changesetOf, createContentComparer, type Progress, type ReadImage } from '@layers/core/image';
import { runEventLoop } from '@layers/core/io';
import { type ExploredLayer, type ExploredPair, emptyingLayer, type LayerRange } from '@layers/explorer';
import { PathEvents } from '@layers/insight/events';
import { setTime } from '../output/format.js';
import { compareFiles } from './compare-files.js';
import { exploredFacts } from './explored-image.js';
import type { Explored, Side } from './sides.js';

/** Paths between two pauses. */
const STEP = 8192;

/**
 * Returns two images as the explorer takes them: one list of layers, with one between them that removes all files of A.
 *
 * @throws LayersError as `compareFiles`
 */
export async function exploredPair(
  imageA: ReadImage,
  imageB: ReadImage,
  options: { readonly signal: AbortSignal; readonly onProgress?: ((progress: Progress) => void) | undefined },
): Promise<Explored> {
  const [readA, readB] = withSharedLayers(imageA, imageB);
  const a = sideAt(readA, 0);
  const b = sideAt(readB, readA.layers.length + 1);
  const [ofA, ofB] = [figuresOf(a, 'a'), figuresOf(b, 'b')];
  const shared = await sharedLayers(a, b);
  const events = new PathEvents([
    ...readA.layers.map(changesetOf),
    emptyingLayer(),
    ...readB.layers.map(changesetOf),
  ]);
  const range = { from: b.first - 1, to: events.union.layers.length - 1, marks: true };
  const differences = await compareFiles(events, range, { a, b }, options);
  const { totals } = ofB.document;
  return {
    a,
    b,
    findings: [...ofA.findings, ...ofB.findings],
    image: {
      title: pairTitle(ofA.document, ofB.document),
      events,
      layers: [...ofA.layers, HIDDEN, ...ofB.layers].map((layer, i) =>
        shared.has(i) ? { ...layer, isShared: true } : layer,
      ),
      readLayers: events.union.layers.length,
      rootfsBytes: totals.rootfsBytes,
      wastedBytes: totals.wastedBytes,
      efficiency: totals.efficiency,
      files: totals.files,
      facts: [
        ...exploredFacts(ofA.document).map((fact) => `A  ${fact}`),
        ...exploredFacts(ofB.document).map((fact) => `B  ${fact}`),
        `layers   ${shared.size / 2} in both (=)`,
        'I config, history and packages that differ  W D A P reports about B, or about A in its layers',
      ],
      pair: {
        range: { ...range, differences },
        growthBytes: totals.rootfsBytes - ofA.document.totals.rootfsBytes,
        ...(await countChanges(events, { ...range, differences }, options.signal)),
      },
    },
  };
}

/** Returns the names of two images: their first tags, or what else tells them apart. */
function pairTitle(a: InspectDocument, b: InspectDocument): string {
  const names = [a, b].map(({ image, source }) => [
    image.tags[0] ?? source.path,
    source.path,
    `${source.path} ${image.id}`,
  ]);
  const at = [0, 1].find((i) => names[0]?.[i] !== names[1]?.[i]) ?? 2;
  return names.map((each) => each[at]).join(' -> ');
}

function sideAt(image: ReadImage, first: number): Side {
  return { image, first, analysis: () => analyse(image), baseLayers: 0 };
}

const HIDDEN: ExploredLayer = {
  digest: null,
  diffId: null,
  storedBytes: 0,
  contentBytes: 0,
  wastedBytes: 0,
  added: 0,
  modified: 0,
  deleted: 0,
  instruction: null,
  created: null,
  comment: null,
  isHidden: true,
};

/** Returns what `layers inspect` says about an image. The merged layers are not kept. */
function figuresOf(side: Side, name: 'a' | 'b') {
  const analysis = side.analysis();
  const document = inspectDocument(analysis, { top: 0 });
  const layers = document.layers.map((layer, i) => ({
    ...layer,
    created: setTime(layer.created),
    label: `${name.toUpperCase()}${i}`,
    bottom: side.first,
  }));
  const findings = allFindings(analysis).map((finding) => withPlace(finding, { side: name }));
  return { document, layers, findings };
}

/** Returns the positions of the layers that both images have. */
async function sharedLayers(a: Side, b: Side): Promise<ReadonlySet<number>> {
  const comparer = createContentComparer(a.image, b.image);
  try {
    const { shared } = await compareLayers(a.image, b.image, comparer);
    return new Set(shared.flatMap(({ layerA, layerB }) => [layerA, b.first + layerB]));
  } finally {
    comparer.close();
  }
}

/** Counts the paths that differ, as the tree marks them. */
async function countChanges(
  events: PathEvents,
  { from, to, differences }: LayerRange,
  signal: AbortSignal,
): Promise<Pick<ExploredPair, 'added' | 'changed' | 'deleted'>> {
  const counts = { added: 0, changed: 0, deleted: 0 };
  const { count } = events.union.nodes;
  for (let node = 1; node < count; node++) {
    if (node % STEP === 0) await runEventLoop(signal);
    const [before, after] = [from - 1, to].map((layer) => {
      const event = events.lastUpTo(node, layer);
      return event !== -1 && !events.isDeletion(event);
    });
    if (before === true && after === true) counts.changed += differences?.fields[node] === 0 ? 0 : 1;
    else if (after === true) counts.added++;
    else if (before === true) counts.deleted++;
  }
  return counts;
}
