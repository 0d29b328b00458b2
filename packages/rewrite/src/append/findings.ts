import {
  createFindingList,
  type Finding,
  type FindingCode,
  type FindingPlace,
  pathFields,
} from '@layers/core/findings';
import { childrenOf, nodePath, ROOT, type Union } from '@layers/core/rootfs';
import type { LayerStack } from './layer-stack.js';
import { isInImage, NodeStatus } from './node-status.js';

/** Oddities of a source that the new layer does not have, because it is made from the merged result. */
const NOT_IN_RESULT: ReadonlySet<FindingCode> = new Set([
  'duplicate-entry',
  'whiteout-with-entry',
  'link-before-target',
  'link-to-lower-layer',
  'link-attributes',
  'parent-without-entry',
  'whiteout-below-whiteout',
  'whiteout-below-file',
  'unsupported-type',
  'lone-zero-block',
  'global-header',
]);

export interface AppendFindings {
  /** Adds a finding about a path, in the image, of the addition `file`. */
  add(file: string, code: FindingCode, path: Uint8Array, message: string): void;
  /** Adds a finding for a symlink of the image that an addition goes through; once for each link. */
  addFollowed(file: string, link: string, target: string): void;
  /** Adds what was found in the tar of an addition, and in joining it to the image. */
  addAll(file: string, findings: readonly Finding[]): void;
  /** Adds the paths whose xattrs the image has and the addition could not bring. */
  addLostXattrs(stack: LayerStack, statuses: Uint8Array): void;
  /** Adds the directories of the image, with files in them, that an addition replaces by something else. */
  addReplacedDirectories(stack: LayerStack, statuses: Uint8Array): void;
  /** Adds the directories of the image to which an addition gives another mode or owner. */
  addChangedDirectories(stack: LayerStack, statuses: Uint8Array): void;
  /** Returns the findings, with `layer` as the position of the new layer. */
  list(layer: number): Finding[];
}

export function createAppendFindings(): AppendFindings {
  const findings = createFindingList();
  const links = new Set<string>();
  return {
    add: (file, code, path, message) => findings.add(code, message, () => ({ ...pathFields(path), file })),
    addFollowed(file, link, target) {
      const path = withSlash(link);
      if (links.has(path)) return;
      links.add(path);
      const message = `the destination is a symlink in the image: files are added to ${withSlash(target)}`;
      findings.add('symlink-followed', message, () => ({ path, file }));
    },
    addAll(file, found) {
      for (const { code, message, place } of found) {
        if (!NOT_IN_RESULT.has(code)) findings.add(code, message, () => ({ ...withoutOffset(place), file }));
      }
    },
    addLostXattrs(stack, statuses) {
      const { before, after, sources } = stack;
      for (let node = ROOT + 1; node < statuses.length; node++) {
        if (statuses[node] !== NodeStatus.changed || !isInImage(stack, node)) continue;
        const source = sources[after.nodes.layerOf(node) - before.layers.length];
        if (!source || source.hasXattrs) continue;
        const old = before.layers[before.nodes.layerOf(node)]?.xattrs.get(before.nodes.entryOf(node));
        const added = after.layers[after.nodes.layerOf(node)]?.xattrs.get(after.nodes.entryOf(node));
        const lost = [...(old?.keys() ?? [])].filter((name) => added?.has(name) !== true);
        if (lost.length === 0) continue;
        const message = `the extended attributes of the image (${lost.join(', ')}) are lost: the added file does not have them`;
        findings.add('xattrs-lost', message, () => pathFields(nodePath(after, node)));
      }
    },
    addReplacedDirectories(stack, statuses) {
      const { before, after } = stack;
      for (let node = ROOT + 1; node < statuses.length; node++) {
        if (statuses[node] !== NodeStatus.changed || !isInImage(stack, node)) continue;
        if (!before.nodes.isLiveDirectory(node) || after.nodes.isLiveDirectory(node)) continue;
        const paths = countBelow(before, node);
        if (paths === 0) continue;
        const message = `the directory of the image is replaced, and ${paths === 1 ? 'a path' : `${paths} paths`} below it with it`;
        findings.add('directory-replaced', message, () => pathFields(nodePath(after, node)));
      }
    },
    addChangedDirectories(stack, statuses) {
      const { before, after } = stack;
      for (let node = ROOT + 1; node < statuses.length; node++) {
        if (statuses[node] !== NodeStatus.changed || !isInImage(stack, node)) continue;
        if (!before.nodes.isLiveDirectory(node) || !after.nodes.isLiveDirectory(node)) continue;
        const [old, now] = [directoryOf(before, node), directoryOf(after, node)];
        const changes = [
          ...(old.mode === now.mode ? [] : [`mode ${now.mode} (was ${old.mode})`]),
          ...(old.owner === now.owner ? [] : [`owner ${now.owner} (was ${old.owner})`]),
        ];
        if (changes.length === 0) continue;
        const message = `the directory of the image gets ${changes.join(' and ')}`;
        findings.add('directory-changed', message, () => pathFields(nodePath(after, node)));
      }
    },
    list: (layer) => findings.list().map((finding) => ({ ...finding, place: { layer, ...finding.place } })),
  };
}

/** Removes the offset, because the entry has another one in the new layer. */
function withoutOffset({ path, pathBase64 }: FindingPlace = {}): FindingPlace {
  return {
    ...(path === undefined ? {} : { path }),
    ...(pathBase64 === undefined ? {} : { pathBase64 }),
  };
}

interface DirectoryAttributes {
  readonly mode: string;
  readonly owner: string;
}

/** Returns the attributes of a directory; those of one without an entry are 0755 and root. */
function directoryOf({ layers, nodes }: Union, node: number): DirectoryAttributes {
  const changeset = layers[nodes.layerOf(node)];
  const entry = nodes.entryOf(node);
  const mode = changeset?.mode[entry] ?? 0o755;
  const owner = `${changeset?.uid[entry] ?? 0}:${changeset?.gid[entry] ?? 0}`;
  return { mode: mode.toString(8).padStart(4, '0'), owner };
}

function countBelow(union: Union, top: number): number {
  let count = 0;
  const pending = [top];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const child of childrenOf(union, node)) {
      count++;
      pending.push(child);
    }
  }
  return count;
}

function withSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
