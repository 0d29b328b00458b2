import { closeSync, constants, fstatSync, linkSync, openSync, readSync } from 'node:fs';
import { systemCode, type Yielder } from '@layers/core/io';
import { Kind, NONE, type Union } from '@layers/core/rootfs';
import { type Attributes, attributesOf } from './attributes.js';
import type { FileWriter } from './file-writer.js';
import type { ReportBuilder } from './report.js';
import type { TreeWriter } from './tree-writer.js';

/** Makes hard links to nodes that were made. */
export interface HardlinkWriter {
  /** Makes `node` a hard link to `primaryName`, or a copy if the system allows no link. */
  link(node: number, primaryName: number): Promise<void>;
}

export interface HardlinkOptions {
  readonly union: Union;
  readonly tree: TreeWriter;
  readonly writer: FileWriter;
  readonly report: ReportBuilder;
  readonly yielder: Yielder;
  /** Makes a second symlink, FIFO or device if a link to the first one is impossible. */
  readonly makeCopy: (node: number) => void;
  /** Returns whether the system can make hard links to a node of this type. */
  readonly isLinkable: (node: number) => boolean;
}

/** A mount point in the tree, a system without hard links, or a file with the maximum number of links. */
const LINK_ERRORS: ReadonlySet<string | undefined> = new Set([
  'EXDEV',
  'EPERM',
  'EMLINK',
  'ENOTSUP',
  'EOPNOTSUPP',
]);

export function createHardlinkWriter(options: HardlinkOptions): HardlinkWriter {
  const { union, tree, writer, report, yielder } = options;
  /** The copy of a file that has the maximum number of links. Further links go to the copy. */
  const copies = new Map<number, number>();

  return {
    async link(node, primaryName) {
      const target = copies.get(primaryName) ?? primaryName;
      if (!tree.isMade(target)) {
        report.addNotDone(node, 'link', () => 'the target of the link could not be created');
        return;
      }
      if (!options.isLinkable(node)) {
        return copyInstead(node, 'the system cannot make hard links to this type of file');
      }
      let refused: string | undefined;
      const isMade = tree.make(node, (path) => {
        refused = undefined;
        try {
          linkSync(tree.pathOf(target, union.nodes.parentOf(node)), path);
        } catch (error) {
          const code = systemCode(error);
          if (!LINK_ERRORS.has(code)) throw error;
          refused = code;
        }
      });
      if (!isMade) return;
      if (refused === undefined) {
        report.count('links');
        return;
      }
      tree.markRemoved(node);
      await copyInstead(node, `the system reports ${refused}`, target);
      if (refused === 'EMLINK' && tree.isMade(node)) copies.set(primaryName, node);
    },
  };

  async function copyInstead(node: number, why: string, target = NONE): Promise<void> {
    report.addNotDone(node, 'link', () => `copied instead of linked: ${why}`);
    const { nodes, layers } = union;
    if (nodes.kindOf(node) !== Kind.file) return options.makeCopy(node);
    await copy(target, node, attributesOf(layers[nodes.layerOf(node)], nodes.entryOf(node)));
  }

  async function copy(from: number, to: number, attributes: Attributes): Promise<void> {
    const source = openSource(from);
    try {
      const sink = writer.open(to, attributes);
      const chunk = Buffer.allocUnsafe(COPY_BYTES);
      for (;;) {
        const bytes = chunk.subarray(0, readSync(source, chunk));
        if (bytes.length === 0) break;
        if (bytes.equals(ZEROS.subarray(0, bytes.length))) sink.hole(bytes.length);
        else sink.write(bytes);
        if (yielder.count(0)) await yielder.pause();
      }
      sink.end();
    } finally {
      closeSync(source);
    }
  }

  function openSource(node: number): number {
    try {
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const fd = openSync(tree.pathOf(node), flags);
      if (fstatSync(fd).isFile()) return fd;
      closeSync(fd);
    } catch (error) {
      throw tree.errorAt(node, error);
    }
    throw tree.errorAt(node, Object.assign(new Error('not a regular file any more'), { code: 'ENOENT' }));
  }
}

const COPY_BYTES = 256 * 1024;
const ZEROS = Buffer.alloc(COPY_BYTES);
