import type { Analysis, LayerReport } from '@layers/core/analysis';
import type { Union } from '@layers/core/rootfs';
import type { AdviceCode } from './codes.js';
import { addsRootfs } from './duplicate-advice.js';
import type { FileGroup } from './file-group.js';
import { type Claims, visibleGroups } from './visible-groups.js';
import { type AdviceText, wastedText } from './wasted-advice.js';
import { wastedGroups } from './wasted-groups.js';

const LEAST_BYTES = 10_000;
const LEAST_SHARE = 0.001;

/** Advice on files, whose paths are not computed yet. */
export interface FileAdvice {
  readonly code: AdviceCode;
  readonly text: AdviceText;
  readonly files: FileGroup;
  /** Null where the files are in the root file system. */
  readonly wastedBy: number | null;
}

/** Returns the bytes of the files in all layers. */
export function contentBytesOf({ contentBytes }: Analysis): number {
  return contentBytes.reduce((sum, bytes) => sum + bytes, 0);
}

/** Returns the savable bytes below which advice is left out. */
export function leastBytes(analysis: Analysis, minBytes?: number): number {
  return minBytes ?? Math.max(LEAST_BYTES, Math.floor(contentBytesOf(analysis) * LEAST_SHARE));
}

/** Returns the advice that saves enough, that which saves most first. */
export function worthwhile(found: readonly FileAdvice[], least: number): FileAdvice[] {
  return found
    .filter(({ files }) => files.bytes >= least && files.bytes > 0)
    .sort((a, b) => b.files.bytes - a.files.bytes);
}

/** Returns advice on contents that no path of the root file system reaches. */
export function wastedAdvice(union: Union, layers: readonly LayerReport[], baseLayers: number): FileAdvice[] {
  const instructions = layers.map(({ instruction }) => instruction);
  return wastedGroups(union, instructions).flatMap((group) => {
    const { code, wastedBy, files } = group;
    // What the base wasted itself is not the work of this Dockerfile.
    if (wastedBy < baseLayers) return [];
    const [storedBy] = files.layers[0] ?? [0];
    const isOfRootfs = storedBy === 0 && files.layers.length === 1 && addsRootfs(instructions[0] ?? null);
    const isOfBase = storedBy < baseLayers || isOfRootfs;
    const text = wastedText(group, instructions[storedBy] ?? null, instructions[wastedBy] ?? null, isOfBase);
    return [{ code, text, files, wastedBy }];
  });
}

/** Returns advice on files of the root file system. */
export function visibleAdvice(union: Union, claims: Claims, baseLayers: number): FileAdvice[] {
  return visibleGroups(union, claims, baseLayers).map(({ rule: { code, what, fix, example }, files }) => ({
    code,
    text: { problem: `the image has ${what}`, fix, example },
    files,
    wastedBy: null,
  }));
}
