import { Kind, ROOT, type Union } from '@layers/core/rootfs';
import { FileGroup } from './file-group.js';
import {
  directoryRule,
  type FileRule,
  fileRuleIn,
  isKept,
  mayHaveRule,
  type PathRule,
  sharedFileRule,
} from './path-rules.js';

/** Files of the root file system that one rule is about. */
export interface VisibleGroup {
  readonly rule: PathRule;
  readonly files: FileGroup;
}

/** Contents that advice is about, so that none is counted twice. By layer, one byte for each entry. */
export type Claims = readonly Uint8Array[];

export function createClaims({ layers }: Union): Claims {
  return layers.map(({ count }) => new Uint8Array(count));
}

/** No rule, in the column of rules by node. */
const NO_RULE = 0;

/**
 * Groups the files of the root file system that a rule of `path-rules.ts` is about. A rule of a directory holds for all
 * files below it. A file with hard links counts once.
 *
 * @param claims receives the contents of the groups
 * @param firstLayer files of lower layers are left out
 */
export function visibleGroups(union: Union, claims: Claims, firstLayer: number): VisibleGroup[] {
  const { nodes, layers } = union;
  const rules: PathRule[] = [];
  /** The rule of each directory, as its position in `rules` plus one. */
  const ruleOf = new Uint8Array(nodes.count);
  /** The rules for files of a directory, where there are some. */
  const fileRulesOf = new Map<number, FileRule>();
  const paths = new Map<number, string>([[ROOT, '']]);
  const groups = new Map<PathRule, VisibleGroup>();
  const numberOf = (rule: PathRule | null): number => {
    if (rule === null) return NO_RULE;
    const at = rules.indexOf(rule);
    return at === -1 ? rules.push(rule) : at + 1;
  };
  const pathOf = (directory: number): string => {
    const known = paths.get(directory);
    if (known !== undefined) return known;
    const path = `${pathOf(nodes.parentOf(directory))}/${textOf(nodes.nameOf(directory))}`;
    paths.set(directory, path);
    return path;
  };
  const rootRule = fileRuleIn('');
  if (rootRule !== null) fileRulesOf.set(ROOT, rootRule);
  // A directory has a lower number than what is in it.
  for (let node = ROOT + 1; node < nodes.count; node++) {
    if (!nodes.isLive(node)) continue;
    const parent = nodes.parentOf(node);
    const inherited = ruleOf[parent] ?? NO_RULE;
    const kind = nodes.kindOf(node);
    if (kind === Kind.directory) {
      ruleOf[node] = inherited;
      if (inherited !== NO_RULE) continue;
      let fileRule = sharedFileRule(fileRulesOf.get(parent));
      if (mayHaveRule(nodes.nameOf(node))) {
        const path = pathOf(node);
        ruleOf[node] = numberOf(directoryRule(path));
        fileRule ??= fileRuleIn(path);
      }
      if (fileRule !== null) fileRulesOf.set(node, fileRule);
      continue;
    }
    if (kind !== Kind.file) continue;
    const fileRule = inherited === NO_RULE ? fileRulesOf.get(parent) : undefined;
    // Most files have no rule. There may be millions of them, so that little is done for each.
    if (inherited === NO_RULE && fileRule === undefined) continue;
    const layer = nodes.layerOf(node);
    const entry = nodes.entryOf(node);
    const size = layers[layer]?.size[entry] ?? 0;
    const claimed = claims[layer];
    if (size === 0 || layer < firstLayer || claimed?.[entry] !== 0) continue;
    const name = textOf(nodes.nameOf(node));
    const rule = fileRule === undefined ? rules[inherited - 1] : fileRule(name);
    if (rule === undefined || rule === null || isKept(name)) continue;
    claimed[entry] = 1;
    const group = groups.get(rule) ?? { rule, files: new FileGroup() };
    groups.set(rule, group);
    group.files.add(layer, entry, size);
  }
  return [...groups.values()];
}

/** Names of rules are ASCII, so that any other bytes may become anything. */
function textOf(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1');
}
