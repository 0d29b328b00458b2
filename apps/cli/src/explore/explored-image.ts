import { type Analysis, inspectDocument } from '@layers/core/analysis';
import { formatPlatform } from '@layers/core/oci';
import type { ExploredImage } from '@layers/explorer';
import type { PathEvents } from '@layers/insight/events';
import { counted } from '../output/format.js';

/** Returns an image as the explorer takes it. */
export function exploredImage(analysis: Analysis, events: PathEvents): ExploredImage {
  const { image, layers, totals, source, findings } = inspectDocument(analysis, { top: 0 });
  const names = [source.path, ...image.tags];
  return {
    title: [
      ...image.tags,
      ...(image.platform === null ? [] : [formatPlatform(image.platform)]),
      source.path,
    ].join('  '),
    events,
    layers,
    rootfsBytes: totals.rootfsBytes,
    wastedBytes: totals.wastedBytes,
    efficiency: totals.efficiency,
    files: totals.files,
    facts: [
      names.join('  '),
      `id       ${image.id}`,
      ...(image.created === null ? [] : [`created  ${image.created}`]),
      ...(findings.length === 0 ? [] : [`${counted(findings.length, 'finding')}: I shows them`]),
      'I config and history  W waste  D duplicates  A advice  P packages',
    ],
  };
}
