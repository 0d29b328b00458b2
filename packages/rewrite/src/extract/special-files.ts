import { isUtf8 } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { linkSync, unlinkSync } from 'node:fs';
import { Kind, type Union } from '@layers/core/rootfs';
import type { Destination } from './destination.js';
import { codeOf } from './extract-error.js';
import type { Folders } from './folders.js';
import { isThere } from './is-there.js';
import type { NotDoneKind, ReportBuilder } from './report.js';
import type { TreeWriter } from './tree-writer.js';

/** Each takes a process of its own: an image with more of them is made to waste time. */
export const MAX_SPECIAL = 200;

/** Makes FIFOs and devices, with the programs `mkfifo` and `mknod` since Node has no call for them. */
export interface SpecialFileWriter {
  /** False where it could not be made, which is then in the report. */
  make(node: number): boolean;
}

export interface SpecialOptions {
  readonly union: Union;
  readonly destination: Destination;
  readonly folders: Folders;
  readonly tree: TreeWriter;
  readonly report: ReportBuilder;
}

/** The programs get the open directory, so that they make things in that one and in no other. */
export function createSpecialFileWriter(options: SpecialOptions): SpecialFileWriter {
  const { union, destination, folders, tree, report } = options;
  const { nodes } = union;
  let asked = 0;

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
      if (!isFifo && device === undefined) return refuse(node, what, 'its device number is not known');
      if (!destination.isPinned) return refuse(node, what, 'it can be made on Linux with /proc only');
      if (++asked > MAX_SPECIAL) return refuse(node, what, `the image has more than ${MAX_SPECIAL} of them`);

      const mode = ((changeset?.mode[entry] ?? 0) & 0o777).toString(8).padStart(4, '0');
      const type = nodes.kindOf(node) === Kind.block ? 'b' : 'c';
      const words = isFifo ? [] : [type, ...(device ?? []).map(String)];
      let problem = '';
      const isMade = tree.make(node, (at) => {
        if (isThere(at)) throw Object.assign(new Error('something is there'), { code: 'EEXIST' });
        const folder = folders.open(nodes.parentOf(node));
        // Programs are given text: what has another name is made under one of ours.
        const given = isUtf8(name) ? name : Buffer.from(`.layers-${randomBytes(8).toString('hex')}`);
        const path = `/proc/self/fd/${CHILD_FD}/${given.toString('utf8')}`;
        problem = run(isFifo ? 'mkfifo' : 'mknod', ['-m', mode, '--', path, ...words], folder.fd);
        if (problem !== '' || given === name) return;
        linkSync(folder.at(given), at);
        unlinkSync(folder.at(given));
      });
      if (!isMade) return false;
      if (problem === '') {
        report.count('others');
        return true;
      }
      tree.unmake(node);
      return refuse(node, what, problem);
    },
  };
}

/** Runs a program without a shell; returns why it could not do its work, or nothing. */
function run(program: string, words: readonly string[], directory: number): string {
  const { error, status } = spawnSync(program, words, { stdio: ['ignore', 'ignore', 'ignore', directory] });
  if (error !== undefined) return `the program ${program} cannot be run: ${codeOf(error)}`;
  return status === 0 ? '' : `the program ${program} could not make it`;
}

/** The descriptor under which the program has the directory. */
const CHILD_FD = 3;
