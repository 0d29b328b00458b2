import { type LayerFinding, nodePath, ROOT } from '@layers/core/rootfs';
import type { AppendFinding, AppendFindingCode } from './append-options.js';
import type { LayerStack } from './layer-stack.js';
import { isBelow, NodeStatus } from './node-status.js';

/** No more findings of a code are kept; the rest are counted. */
const MAX_OF_A_CODE = 50;

/** What the new layer will not have, since it is made of the result and not of the members as they stood. */
const RESOLVED: ReadonlySet<string> = new Set([
  'duplicate-entry',
  'whiteout-with-entry',
  'link-before-target',
  'link-to-lower-layer',
]);

export interface Findings {
  forSource(source: string): (code: AppendFindingCode, path: string | null, message: string) => void;
  addFollowed(source: string, link: string, target: string): void;
  addLayerFindings(source: string, findings: readonly LayerFinding[]): void;
  /** Finds the paths whose xattrs the image has and the addition could not bring. */
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
      const path = fromRoot(link);
      if (links.has(path)) return;
      links.add(path);
      add({
        code: 'symlink-followed',
        source,
        path,
        message: `the path leads through a symlink of the image to ${fromRoot(target)}; what is added goes there`,
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
        if (statuses[node] !== NodeStatus.changed || !isBelow(stack, node)) continue;
        const source = sources[after.nodes.layerOf(node) - before.layers.length];
        if (!source || source.hasXattrs) continue;
        const old = before.layers[before.nodes.layerOf(node)]?.xattrs.get(before.nodes.entryOf(node));
        if (old === undefined || old.size === 0) continue;
        add({
          code: 'xattrs-lost',
          source: null,
          path: nodePath(after, node).toString('utf8'),
          message: `the image has extended attributes here (${[...old.keys()].join(', ')}); those of what is on disk cannot be read, so that they are lost`,
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

function fromRoot(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

type Resolved = 'duplicate-entry' | 'whiteout-with-entry' | 'link-before-target' | 'link-to-lower-layer';

function isResolved(code: string): code is Resolved {
  return RESOLVED.has(code);
}
