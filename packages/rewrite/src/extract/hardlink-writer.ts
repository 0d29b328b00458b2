import { closeSync, constants, fstatSync, linkSync, openSync, readSync } from 'node:fs';
import { Kind, NONE, type Union } from '@layers/core/rootfs';
import { type Attributes, attributesOf } from './attributes.js';
import { codeOf } from './extract-error.js';
import type { FileWriter } from './file-writer.js';
import type { ReportBuilder } from './report.js';
import type { TreeWriter } from './tree-writer.js';
import type { Turns } from './turns.js';

/** Makes further names of what has been made. */
export interface HardlinkWriter {
  /** Makes `node` a hard link to `primaryName`, or a copy of it where the system allows no link. */
  link(node: number, primaryName: number): Promise<void>;
}

export interface HardlinkOptions {
  readonly union: Union;
  readonly tree: TreeWriter;
  readonly writer: FileWriter;
  readonly report: ReportBuilder;
  readonly turns: Turns;
  /** Makes a symlink, FIFO or device again where it cannot be linked to. */
  readonly makeAgain: (node: number) => void;
  /** Whether the system can make hard links to what the node is. */
  readonly isLinkable: (node: number) => boolean;
}

/** Another file system is mounted inside, links are not allowed here, or a file has all that it can have. */
const LINK_ERRORS: ReadonlySet<string> = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP']);

export function createHardlinkWriter(options: HardlinkOptions): HardlinkWriter {
  const { union, tree, writer, report, turns } = options;
  // A file that has all the links that it can have gets a copy, and that copy the links that follow.
  const standIns = new Map<number, number>();

  return {
    async link(node, primaryName) {
      const target = standIns.get(primaryName) ?? primaryName;
      if (!tree.isMade(target)) {
        report.addNotDone(node, 'link', () => 'what it links to could not be made');
        return;
      }
      if (!options.isLinkable(node)) return again(node, 'links to it cannot be made on this system');
      let refused = '';
      const isMade = tree.make(node, (path) => {
        refused = '';
        try {
          linkSync(tree.pathOf(target, union.nodes.parentOf(node)), path);
        } catch (error) {
          refused = codeOf(error);
          if (!LINK_ERRORS.has(refused)) throw error;
        }
      });
      if (!isMade) return;
      if (refused === '') {
        report.count('links');
        return;
      }
      tree.unmake(node);
      await again(node, `the system refuses the link: ${refused}`, target);
      if (refused === 'EMLINK' && tree.isMade(node)) standIns.set(primaryName, node);
    },
  };

  async function again(node: number, why: string, target = NONE): Promise<void> {
    report.addNotDone(node, 'link', () => `made again in place of a hard link: ${why}`);
    const { nodes, layers } = union;
    if (nodes.kindOf(node) !== Kind.file) return options.makeAgain(node);
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
        if (turns.take(0)) await turns.next();
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
    throw tree.errorAt(node, Object.assign(new Error('it is no file any more'), { code: 'ENOENT' }));
  }
}

const COPY_BYTES = 256 * 1024;
const ZEROS = Buffer.alloc(COPY_BYTES);
