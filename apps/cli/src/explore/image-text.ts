import { type Analysis, allFindings, imageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import { viewOf } from '../output/view.js';
import { renderConfig } from '../render/config.js';
import type { Session } from '../session.js';

/** Returns the config and the findings of an image as text for a screen of `width` columns. */
export function imageText(analysis: Analysis, width: number, { env }: Session): string {
  const { image } = analysis;
  const document: Parameters<typeof renderConfig>[0] = {
    schemaVersion: SCHEMA_VERSION,
    source: image.archive.source,
    image: imageInfo(image.description),
    findings: allFindings(analysis),
  };
  return [...renderConfig(document, { ...viewOf({}, env, { color: 'never' }), width })].join('');
}
