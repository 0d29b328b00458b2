import type { Union } from '@layers/core/rootfs';
import { type AdviceCode, createClaims, foldedPaths, visibleGroups } from '../advise/index.js';
import { type Evidence, largestOf } from './evidence.js';
import type { CheckEvidence } from './report.js';

/** Files that no container needs. Documentation, tests and compilers may be wanted. */
const JUNK: ReadonlySet<AdviceCode> = new Set<AdviceCode>([
  'package-cache',
  'version-control',
  'bytecode',
  'temporary-files',
]);

export interface Junk {
  readonly bytes: number;
  readonly evidence: () => Evidence;
}

/** Finds caches, `.git`, compiled Python files and temporary files of the layers above the base. */
export function junkOf(union: Union, instructions: readonly (string | null)[], baseLayers: number): Junk {
  const groups = visibleGroups(union, createClaims(union), baseLayers).filter(({ rule }) =>
    JUNK.has(rule.code),
  );
  return {
    bytes: groups.reduce((sum, { files }) => sum + files.bytes, 0),
    evidence() {
      const items: CheckEvidence[] = [];
      let others = 0;
      for (const { rule, files } of groups) {
        const { paths, morePaths } = foldedPaths(union, files);
        const [layer] = files.layers[0] ?? [0];
        others += morePaths;
        for (const { sizeBytes, files: _, ...path } of paths) {
          items.push({
            ...path,
            bytes: sizeBytes,
            layer,
            instruction: instructions[layer] ?? null,
            note: rule.what,
          });
        }
      }
      return largestOf(items, others);
    },
  };
}
