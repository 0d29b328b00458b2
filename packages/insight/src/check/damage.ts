import type { Finding } from '@layers/core/findings';
import { firstOf } from './evidence.js';
import { counted } from './quantities.js';
import type { CheckEvidence, CheckResult } from './report.js';

/**
 * Returns the damage of an image as a result that fails, so that every report shows it; null for an undamaged image.
 *
 * @param instructions of the layers, by position
 */
export function damageResult(
  findings: readonly Finding[],
  instructions: readonly (string | null)[],
): CheckResult | null {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return null;
  return {
    rule: 'damage',
    title: 'damage',
    level: 'fail',
    limit: null,
    limits: { fail: null, warn: null },
    actual: errors.length,
    unit: 'count',
    reason: `${counted(errors.length, 'error')} ${errors.length === 1 ? 'was' : 'were'} found: the image is damaged, or has a form that is not supported`,
    ...firstOf(errors.map((finding) => evidenceOf(finding, instructions))),
  };
}

function evidenceOf({ message, place }: Finding, instructions: readonly (string | null)[]): CheckEvidence {
  const { layer = null, path, pathBase64 } = place ?? {};
  return {
    path: path === undefined ? null : path.startsWith('/') ? path : `/${path}`,
    ...(pathBase64 === undefined ? {} : { pathBase64 }),
    bytes: null,
    layer,
    instruction: layer === null ? null : (instructions[layer] ?? null),
    note: message,
  };
}
