import type { Union } from '@layers/core/rootfs';
import type { AdviceCode } from './codes.js';
import { FileGroup } from './file-group.js';

/** Contents that one layer made unreachable in one way. */
export interface WastedGroup {
  readonly code: AdviceCode;
  /** The layer that made them unreachable. */
  readonly wastedBy: number;
  readonly files: FileGroup;
}

const UPGRADE =
  /\b(?:apt(?:-get)?|aptitude)\b[^&|;]*\b(?:upgrade|dist-upgrade|full-upgrade|safe-upgrade)\b|\bapk\b[^&|;]*\bupgrade\b|\b(?:dnf|yum|microdnf|zypper)\b[^&|;]*\b(?:update|upgrade|up)\b|\bpacman\b[^&|;]*-Syu/;

/**
 * Groups all wasted contents by the layer that made them unreachable, and by the kind of the change. Every wasted content is
 * in one group.
 *
 * @param instructions of the layers, by position
 */
export function wastedGroups(
  { waste, layers }: Union,
  instructions: readonly (string | null)[],
): WastedGroup[] {
  const upgrades = instructions.map((instruction) => UPGRADE.test(instruction ?? ''));
  const groups = new Map<AdviceCode, WastedGroup[]>();
  for (let i = 0; i < waste.count; i++) {
    const { layer, entry, unreachableFrom, cause } = waste.at(i);
    const size = layers[layer]?.size[entry] ?? 0;
    if (size === 0) continue;
    const code = codeOf(cause, upgrades[unreachableFrom] ?? false);
    let ofCode = groups.get(code);
    if (ofCode === undefined) {
      ofCode = [];
      groups.set(code, ofCode);
    }
    let group = ofCode[unreachableFrom];
    if (group === undefined) {
      group = { code, wastedBy: unreachableFrom, files: new FileGroup() };
      ofCode[unreachableFrom] = group;
    }
    group.files.add(layer, entry, size);
  }
  // The arrays have holes, which flat leaves out.
  return [...groups.values()].flat();
}

function codeOf(cause: ReturnType<Union['waste']['at']>['cause'], isUpgrade: boolean): AdviceCode {
  if (cause === 'rewritten') return 'changed-attributes';
  if (cause === 'deleted') return 'deleted-later';
  return isUpgrade ? 'upgraded-packages' : 'overwritten-later';
}
