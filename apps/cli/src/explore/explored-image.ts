import { declaredInspectDocument, inspectDocument } from '@layers/core/analysis';
import { formatPlatform } from '@layers/core/oci';
import type { ExploredImage, ExploredLayer } from '@layers/explorer';
import { counted } from '../output/format.js';
import type { ImagePart } from './image-parts.js';

/** Returns an image as the explorer takes it. */
export function exploredImage({ analysis, events, description }: ImagePart): ExploredImage {
  const { image, layers, totals, source, findings } = inspectDocument(analysis, { top: 0 });
  const names = [source.path, ...image.tags];
  return {
    title: [
      ...image.tags,
      ...(image.platform === null ? [] : [formatPlatform(image.platform)]),
      source.path,
    ].join('  '),
    events,
    layers: [...layers, ...unreadLayers(analysis, description, layers.length)],
    readLayers: layers.length,
    rootfsBytes: totals.rootfsBytes,
    wastedBytes: totals.wastedBytes,
    efficiency: totals.efficiency,
    files: totals.files,
    facts: [
      names.join('  '),
      `id       ${image.id}`,
      ...(image.created === null ? [] : [`created  ${image.created}`]),
      ...(findings.length === 0 ? [] : [`${counted(findings.length, 'finding')}: I shows them`]),
      'I config  H history  F files of all layers  W waste  D duplicates  A advice  P packages',
    ],
  };
}

/** Returns what is declared about the layers that are not read yet. */
function unreadLayers(
  { image: { archive } }: ImagePart['analysis'],
  description: ImagePart['description'],
  readLayers: number,
): ExploredLayer[] {
  if (readLayers === description.layers.length) return [];
  return declaredInspectDocument(archive, description)
    .layers.slice(readLayers)
    .map((layer) => ({
      ...layer,
      storedBytes: layer.storedBytes ?? 0,
      contentBytes: 0,
      wastedBytes: 0,
      added: 0,
      modified: 0,
      deleted: 0,
    }));
}
