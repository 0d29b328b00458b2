import { computableAlgorithmOf, type Digest } from '../digest/digest.js';
import { createFinding, type Finding } from '../findings/finding.js';
import type { LayerDescription } from './describe/description.js';
import type { LayerIndex } from './layers/layer-index.js';

/** Compares the computed digests with the declared ones. Returns `true` or a finding for each pair. */
export function compareDigests(
  layer: LayerDescription,
  index: LayerIndex,
  position: number,
): (true | Finding)[] {
  const checks: (true | Finding)[] = [];
  const pairs = [
    { code: 'digest-mismatch', name: 'digest', declared: layer.digest, computed: index.digests },
    { code: 'diff-id-mismatch', name: 'DiffID', declared: layer.diffId, computed: index.diffIds },
  ] as const;
  for (const { code, name, declared, computed } of pairs) {
    const digest = comparableDigest(declared, computed);
    if (digest === null) continue;
    const message = `layer ${position} has the ${name} ${digest}; ${declared} is declared`;
    checks.push(digest === declared ? true : createFinding(code, message, { layer: position }));
  }
  return checks;
}

/** Returns the computed digest that has the algorithm of the declared one, or null. */
export function comparableDigest(declared: Digest | null, computed: readonly Digest[]): Digest | null {
  if (declared === null) return null;
  const algorithm = computableAlgorithmOf(declared);
  return computed.find((digest) => digest.startsWith(`${algorithm}:`)) ?? null;
}
