import { createFinding, type Finding } from '@layers/core/findings';
import type { ReadLayer } from '@layers/core/image';

/** The layers that were used although they do not match their declared digests. */
export interface AcceptedDamage {
  /** Accepts a layer; undefined if layers that do not match are refused. */
  readonly onMismatch: ((layer: ReadLayer) => void) | undefined;
  /** Returns the findings of an image, with one for each accepted layer. */
  with(findings: readonly Finding[]): readonly Finding[];
}

/** @param isForced whether the user wants the files of layers that do not match their digests */
export function createAcceptedDamage(isForced: boolean): AcceptedDamage {
  const positions = new Set<number>();
  return {
    onMismatch: isForced ? ({ position }) => void positions.add(position) : undefined,
    with(findings) {
      const known = new Set(
        findings.filter(({ code }) => MISMATCHES.has(code)).map(({ place }) => place?.layer),
      );
      const added = [...positions]
        .filter((position) => !known.has(position))
        .map((layer) =>
          createFinding('digest-mismatch', `layer ${layer} does not match its digest`, { layer }),
        );
      return [...findings, ...added];
    },
  };
}

const MISMATCHES: ReadonlySet<string> = new Set(['digest-mismatch', 'diff-id-mismatch']);
