import type { FindingCode } from './codes.js';
import { createFinding, type Finding, type FindingPlace } from './finding.js';

/** The number of findings of a code that a list keeps. It counts the rest. */
export const MAX_FINDINGS_OF_A_CODE = 50;

export interface FindingList {
  /** Calls `place` only for findings that are kept. */
  add(code: FindingCode, message: string, place?: () => FindingPlace): void;
  /** Returns the kept findings, and one `more-findings` for each code with more. */
  list(): Finding[];
}

/** Collects findings in bounded memory: a hostile image may have millions. */
export function createFindingList(): FindingList {
  const kept: Finding[] = [];
  const counts = new Map<FindingCode, number>();
  return {
    add(code, message, place) {
      const count = (counts.get(code) ?? 0) + 1;
      counts.set(code, count);
      if (count <= MAX_FINDINGS_OF_A_CODE) kept.push(createFinding(code, message, place?.()));
    },
    list() {
      const more: Finding[] = [];
      for (const [code, count] of counts) {
        if (count <= MAX_FINDINGS_OF_A_CODE) continue;
        const rest = count - MAX_FINDINGS_OF_A_CODE;
        more.push(createFinding('more-findings', `${rest} more findings of the code ${code}`));
      }
      return [...kept, ...more];
    },
  };
}
