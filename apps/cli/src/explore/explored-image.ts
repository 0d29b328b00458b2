import {
  allFindings,
  declaredInspectDocument,
  type InspectDocument,
  inspectDocument,
} from '@layers/core/analysis';
import { formatPlatform } from '@layers/core/oci';
import type { ExploredLayer } from '@layers/explorer';
import { counted, setTime } from '../output/format.js';
import type { ImagePart } from './image-parts.js';
import type { Explored } from './sides.js';

/**
 * Returns an image as the explorer takes it.
 *
 * @param baseLayers the number of layers of its base; 0 where it is not known
 */
export function exploredImage({ analysis, events, description }: ImagePart, baseLayers: number): Explored {
  const { image } = analysis;
  const document = inspectDocument(analysis, { top: 0, baseLayers });
  const { layers, totals, base } = document;
  const side = { image, first: 0, analysis: () => analysis, baseLayers };
  return {
    a: side,
    b: side,
    findings: allFindings(analysis),
    image: {
      title: exploredTitle(document),
      events,
      layers: [...layers, ...unreadLayers(analysis, description, layers.length)].map((layer, i) => ({
        ...layer,
        created: setTime(layer.created),
        isBase: i < baseLayers,
      })),
      readLayers: layers.length,
      rootfsBytes: totals.rootfsBytes,
      wastedBytes: totals.wastedBytes,
      efficiency: totals.efficiency,
      files: totals.files,
      facts: [
        ...exploredFacts(document),
        ...(base === null
          ? []
          : [
              `base     ${counted(base.layers, 'layer')}, wasted ${base.wastedBytes} B; above it wasted ${base.ownWastedBytes} B`,
            ]),
        'I config  H history  F files of all layers  W waste  D duplicates  A advice  P packages',
      ],
    },
  };
}

/** Returns the names of an image. */
function exploredTitle({ image, source }: InspectDocument): string {
  const platform = image.platform === null ? [] : [formatPlatform(image.platform)];
  return [...image.tags, ...platform, source.path].join('  ');
}

/** Returns lines about an image. */
export function exploredFacts({ image, source, findings }: InspectDocument): string[] {
  const created = setTime(image.created);
  return [
    [source.path, ...image.tags].join('  '),
    `id       ${image.id}`,
    ...(created === null ? [] : [`created  ${created}`]),
    ...(findings.length === 0 ? [] : [`${counted(findings.length, 'finding')}: I shows them`]),
  ];
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
