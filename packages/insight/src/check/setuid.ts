import { createPathMatcher } from '@layers/core/diff';
import { pathFields } from '@layers/core/findings';
import { nodePath, ROOT, type Union } from '@layers/core/rootfs';
import { createStateFilter } from '../find/index.js';
import type { Counted } from './counted.js';
import { MOST_EVIDENCE } from './evidence.js';
import type { CheckEvidence } from './report.js';

/**
 * Finds the files of the root file system that run with the rights of another user or group, or with capabilities.
 *
 * @param allow globs of files that may have these rights
 */
export function privilegedFiles(
  union: Union,
  instructions: readonly (string | null)[],
  baseLayers: number,
  allow: readonly string[],
): Counted {
  const { nodes, layers } = union;
  const isPrivileged = createStateFilter(layers, { privileged: true });
  const isAllowed = allow.length === 0 ? () => false : createPathMatcher(allow);
  const evidence: CheckEvidence[] = [];
  let count = 0;
  for (let node = ROOT + 1; node < nodes.count; node++) {
    const layer = nodes.layerOf(node);
    if (!nodes.isLive(node) || layer < baseLayers) continue;
    const entry = nodes.entryOf(node);
    if (!isPrivileged({ kind: nodes.kindOf(node), layer, entry })) continue;
    const path = pathFields(nodePath(union, node));
    if (isAllowed(path.path)) continue;
    count++;
    if (evidence.length >= MOST_EVIDENCE) continue;
    const changeset = layers[layer];
    const mode = changeset?.mode[entry] ?? 0;
    evidence.push({
      ...path,
      bytes: changeset?.size[entry] ?? 0,
      layer,
      instruction: instructions[layer] ?? null,
      note: rightsOf(mode),
    });
  }
  return { count, evidence: { evidence, moreEvidence: count - evidence.length } };
}

function rightsOf(mode: number): string {
  const bits = (mode & 0o7777).toString(8).padStart(4, '0');
  if ((mode & 0o4000) !== 0) return `setuid, mode ${bits}`;
  return (mode & 0o2000) !== 0 ? `setgid, mode ${bits}` : `capabilities, mode ${bits}`;
}
