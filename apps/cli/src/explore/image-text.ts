import {
  type Analysis,
  allFindings,
  imageInfo,
  instructionsOfLayers,
  SCHEMA_VERSION,
} from '@layers/core/analysis';
import { compareImages } from '@layers/core/diff';
import { viewOf } from '../output/view.js';
import { renderConfig } from '../render/config.js';
import { renderDiff } from '../render/diff/diff.js';
import type { Session } from '../session.js';
import type { Explored, Side } from './sides.js';

/** Returns the config and the findings of an image as text for a screen of `width` columns. */
export function imageText(analysis: Analysis, width: number, { env }: Session): string {
  const { image } = analysis;
  const document: Parameters<typeof renderConfig>[0] = {
    schemaVersion: SCHEMA_VERSION,
    source: image.archive.source,
    image: imageInfo(image.description),
    findings: allFindings(analysis),
  };
  return [...renderConfig(document, { ...viewOf({}, env, { color: 'never', trunc: false }), width })].join(
    '',
  );
}

/** Returns what differs in two images except files, which the tree shows, as text for a screen of `width` columns. */
export async function differenceText(
  { a, b }: Explored,
  width: number,
  { env }: Session,
  signal: AbortSignal,
): Promise<string> {
  const document = await compareImages(a.image, b.image, {
    only: ['layers', 'config', 'history', 'packages'],
    signal,
  });
  const instructions = { a: instructionsOf(a), b: instructionsOf(b) };
  const view = { ...viewOf({}, env, { color: 'never', trunc: false }), width };
  return [...renderDiff(document, { top: Infinity, instructions, namesOptions: false }, view)].join('');
}

function instructionsOf({ image }: Side): Map<number, string | null> {
  return new Map(instructionsOfLayers(image.description).entries());
}
