import { isUtf8 } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, unlinkSync } from 'node:fs';
import { systemCode } from '@layers/core/io';
import { Kind, type Union } from '@layers/core/rootfs';
import type { Destination } from './destination.js';
import type { OpenDirectories } from './open-directories.js';
import type { NotDoneKind, ReportBuilder } from './report.js';
import type { TreeWriter } from './tree-writer.js';

/** The most special files that are made. Each needs a separate process. */
export const MAX_SPECIAL = 200;

/** Makes FIFOs and devices with the programs `mkfifo` and `mknod`, because Node has no call for them. */
export interface SpecialFileWriter {
  /** Returns false if it could not be made, and adds to the report. */
  make(node: number): boolean;
}

export interface SpecialOptions {
  readonly union: Union;
  readonly destination: Destination;
  readonly directories: OpenDirectories;
  readonly tree: TreeWriter;
  readonly report: ReportBuilder;
}

/** Returns a writer. Its programs inherit the open directory, so that no other process can redirect them. */
export function createSpecialFileWriter(options: SpecialOptions): SpecialFileWriter {
  const { union, destination, directories, tree, report } = options;
  const { nodes } = union;
  let count = 0;

  const refuse = (node: number, what: NotDoneKind, message: string): false => {
    report.addNotDone(node, what, () => message);
    return false;
  };

  return {
    make(node) {
      const isFifo = nodes.kindOf(node) === Kind.fifo;
      const what = isFifo ? 'fifo' : 'device';
      const name = Buffer.from(nodes.nameOf(node));
      const entry = nodes.entryOf(node);
      const changeset = union.layers[nodes.layerOf(node)];
      const device = changeset?.devices.get(entry);
      if (!isFifo && process.geteuid?.() !== 0) return refuse(node, what, 'only root can make devices');
      if (!isFifo && device === undefined) return refuse(node, what, 'its device number is unknown');
      if (!destination.isPinned) return refuse(node, what, 'it can be made only on Linux with /proc');
      if (++count > MAX_SPECIAL)
        return refuse(node, what, `the image has more than ${MAX_SPECIAL} FIFOs and devices`);

      const mode = ((changeset?.mode[entry] ?? 0) & 0o777).toString(8).padStart(4, '0');
      const type = nodes.kindOf(node) === Kind.block ? 'b' : 'c';
      const words = isFifo ? [] : [type, ...(device ?? []).map(String)];
      let problem = '';
      const isMade = tree.make(node, (path) => {
        if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
          throw Object.assign(new Error('the path exists'), { code: 'EEXIST' });
        }
        const parent = directories.open(nodes.parentOf(node));
        // Arguments of programs are text: a file with another name is made under a temporary one.
        const textName = isUtf8(name) ? name : Buffer.from(`.layers-${randomBytes(8).toString('hex')}`);
        const childPath = `/proc/self/fd/${CHILD_FD}/${textName.toString('utf8')}`;
        problem = run(isFifo ? 'mkfifo' : 'mknod', ['-m', mode, '--', childPath, ...words], parent.fd);
        if (problem !== '' || textName === name) return;
        linkSync(parent.at(textName), path);
        unlinkSync(parent.at(textName));
      });
      if (!isMade) return false;
      if (problem === '') {
        report.count('others');
        return true;
      }
      tree.markRemoved(node);
      return refuse(node, what, problem);
    },
  };
}

/** Runs a program without a shell. Returns why it failed, or an empty string. */
function run(program: string, words: readonly string[], directory: number): string {
  const { error, status } = spawnSync(program, words, { stdio: ['ignore', 'ignore', 'ignore', directory] });
  if (error !== undefined) return `the program ${program} cannot be run: ${systemCode(error)}`;
  return status === 0 ? '' : `the program ${program} failed`;
}

/** The descriptor of the directory in the program. */
const CHILD_FD = 3;
