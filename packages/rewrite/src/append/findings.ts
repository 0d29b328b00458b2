import { type LayerFinding, nodePath, ROOT } from '@layers/core/rootfs';
import type { AppendFinding, AppendFindingCode } from './append-options.js';
import type { LayerStack } from './layer-stack.js';
import { isInImage, NodeStatus } from './node-status.js';

/** The most findings of a code that are listed. The rest are counted. */
const MAX_OF_A_CODE = 50;

/** Oddities of a source that the new layer does not have, because it is made from the merged result. */
const RESOLVED: ReadonlySet<string> = new Set([
  'duplicate-entry',
  'whiteout-with-entry',
  'link-before-target',
  'link-to-lower-layer',
]);

/** Collects findings. */
export interface Findings {
  /** Returns a function that adds findings of a source. */
  forSource(source: string): (code: AppendFindingCode, path: string | null, message: string) => void;
  /** Adds a finding for a symlink of the image, once. */
  addFollowed(source: string, link: string, target: string): void;
  addLayerFindings(source: string, findings: readonly LayerFinding[]): void;
  /** Adds a finding for each changed path whose xattrs in the image are lost. */
  addLostXattrs(stack: LayerStack, statuses: Uint8Array): void;
  list(): AppendFinding[];
}

export function createFindings(): Findings {
  const kept: AppendFinding[] = [];
  const counts = new Map<AppendFindingCode, number>();
  const links = new Set<string>();
  const add = (finding: AppendFinding): void => {
    const count = (counts.get(finding.code) ?? 0) + 1;
    counts.set(finding.code, count);
    if (count <= MAX_OF_A_CODE) kept.push(finding);
  };
  return {
    forSource: (source) => (code, path, message) => add({ code, source, path, message }),
    addFollowed(source, link, target) {
      const path = withSlash(link);
      if (links.has(path)) return;
      links.add(path);
      add({
        code: 'symlink-followed',
        source,
        path,
        message: `the destination is a symlink in the image: files are added to ${withSlash(target)}`,
      });
    },
    addLayerFindings(source, findings) {
      for (const { code, path, message } of findings) {
        if (!isResolved(code)) add({ code, source, path, message });
      }
    },
    addLostXattrs(stack, statuses) {
      const { before, after, sources } = stack;
      for (let node = ROOT + 1; node < statuses.length; node++) {
        if (statuses[node] !== NodeStatus.changed || !isInImage(stack, node)) continue;
        const source = sources[after.nodes.layerOf(node) - before.layers.length];
        if (!source || source.hasXattrs) continue;
        const old = before.layers[before.nodes.layerOf(node)]?.xattrs.get(before.nodes.entryOf(node));
        if (old === undefined || old.size === 0) continue;
        add({
          code: 'xattrs-lost',
          source: null,
          path: nodePath(after, node).toString('utf8'),
          message: `the extended attributes of the image (${[...old.keys()].join(', ')}) are lost: those of files on disk cannot be read`,
        });
      }
    },
    list() {
      const more: AppendFinding[] = [];
      for (const [code, count] of counts) {
        if (count <= MAX_OF_A_CODE) continue;
        const message = `${count - MAX_OF_A_CODE} more findings of the code ${code}`;
        more.push({ code: 'more-findings', source: null, path: null, message });
      }
      return [...kept, ...more];
    },
  };
}

function withSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

type Resolved = 'duplicate-entry' | 'whiteout-with-entry' | 'link-before-target' | 'link-to-lower-layer';

function isResolved(code: string): code is Resolved {
  return RESOLVED.has(code);
}
