import type { Secret } from '../secrets/index.js';
import type { Counted } from './counted.js';
import { firstOf } from './evidence.js';
import type { CheckEvidence } from './report.js';

/**
 * Returns the secrets of the config and of layers above the base.
 *
 * @param notListed secrets that were found, but are not in the list
 */
export function secretEvidence(secrets: readonly Secret[], notListed: number, baseLayers: number): Counted {
  const own = secrets.filter(({ place }) => place.layer === null || place.layer >= baseLayers);
  return { count: own.length + notListed, evidence: firstOf(own.map(evidenceOf), notListed) };
}

function evidenceOf({ rule, mask, place }: Secret): CheckEvidence {
  const { layer, instruction } = place;
  const what = `${rule}: ${mask}`;
  if (place.kind !== 'file') {
    const note = `${what}, in ${place.field}${place.key === null ? '' : ` (${place.key})`}`;
    return { path: null, bytes: null, layer, instruction, note };
  }
  const { path, pathBase64, line, removedBy } = place;
  const at = line === null ? '' : `, line ${line}`;
  const removed =
    removedBy === null ? '' : `; layer ${removedBy.layer} removes it, but it stays in the image`;
  return {
    path,
    ...(pathBase64 === undefined ? {} : { pathBase64 }),
    bytes: null,
    layer,
    instruction,
    note: `${what}${at}${removed}`,
  };
}
