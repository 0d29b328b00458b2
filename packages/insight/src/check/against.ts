import { analyse } from '@layers/core/analysis';
import type { LayerOptions } from '@layers/core/api';
import { compareImages, type FileChange } from '@layers/core/diff';
import type { ReadImage } from '@layers/core/image';
import { MOST_EVIDENCE } from './evidence.js';
import { imageFigures } from './figures.js';
import type { CheckAgainst, CheckEvidence, CheckLayer } from './report.js';
import type { SavedFigures } from './saved-figures.js';

/** What to compare an image with: another image, or the figures of one. */
export type Against = { readonly name: string } & (
  | { readonly image: ReadImage }
  | { readonly saved: SavedFigures }
);

/**
 * Compares an image with another one, or with the saved figures of one.
 *
 * @param layers those of the image, with instructions that may be shown
 * @throws LayersError as `compareImages`
 */
export async function compareWith(
  against: Against,
  image: ReadImage,
  layers: readonly CheckLayer[],
  options: LayerOptions,
): Promise<CheckAgainst> {
  const { name } = against;
  if ('saved' in against) {
    const { figures, diffIds } = against.saved;
    const known = new Set(diffIds);
    const newLayers =
      diffIds === null ? [] : layers.filter(({ diffId }) => diffId !== null && !known.has(diffId));
    return { name, kind: 'document', figures, newLayers, added: [], moreAdded: 0 };
  }
  const { figures } = imageFigures(analyse(against.image), 0);
  const { efficiency, wastedBytes, storedBytes, contentBytes, rootfsBytes, layers: count } = figures;
  const only = ['files', 'layers'] as const;
  const { layers: compared, files } = await compareImages(against.image, image, { ...options, only });
  const isNew = new Set(compared?.onlyInB.map(({ layer }) => layer));
  return {
    name,
    kind: 'image',
    figures: { efficiency, wastedBytes, storedBytes, contentBytes, rootfsBytes, layers: count },
    newLayers: layers.filter(({ layer }) => isNew.has(layer)),
    ...addedFiles(files ?? [], layers),
  };
}

/** Returns the files that are new or larger, the most added bytes first. There may be millions: keeps only the first ones. */
function addedFiles(
  files: Iterable<FileChange>,
  layers: readonly CheckLayer[],
): Pick<CheckAgainst, 'added' | 'moreAdded'> {
  const added: CheckEvidence[] = [];
  let count = 0;
  for (const file of files) {
    const { change, path, pathBase64, type, linkedTo } = file;
    // Another name of a content adds no bytes.
    if (type !== 'file' || linkedTo !== undefined || change === 'removed') continue;
    const bytes = (file.sizeBytesB ?? 0) - (file.sizeBytesA ?? 0);
    if (bytes <= 0) continue;
    count++;
    const smallest = added.at(-1);
    if (added.length === MOST_EVIDENCE && smallest !== undefined && bytes <= (smallest.bytes ?? 0)) continue;
    const layer = file.storedInB ?? file.layerB ?? null;
    const instruction = layer === null ? null : (layers[layer]?.instruction ?? null);
    const exact = pathBase64 === undefined ? {} : { pathBase64 };
    const note = change === 'added' ? 'new' : 'larger';
    added.push({ path, ...exact, bytes, layer, instruction, note });
    added.sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
    added.length = Math.min(added.length, MOST_EVIDENCE);
  }
  return { added, moreAdded: count - added.length };
}
