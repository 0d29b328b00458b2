import { closeSync, constants, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { Attributes, Restorer } from './attributes.js';
import { codeOf } from './extract-error.js';
import type { ReportBuilder } from './report.js';
import type { TreeWriter } from './tree-writer.js';

/** One regular file that is being written. */
export interface FileSink {
  write(bytes: Uint8Array): void;
  /** Leaves out so many bytes, which read as zeros. */
  hole(bytes: number): void;
  end(): void;
}

/** Writes regular files, one at a time. */
export interface FileWriter {
  /** Starts a file at a node's path, where nothing may be but what `force` removes. */
  open(node: number, attributes: Attributes): FileSink;
  /** Removes the file that was begun and not ended, if there is one. */
  abandon(): void;
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Takes the bytes of what cannot be written. */
const NOWHERE: FileSink = { write: () => undefined, hole: () => undefined, end: () => undefined };

export function createFileWriter(tree: TreeWriter, restorer: Restorer, report: ReportBuilder): FileWriter {
  let current: { readonly node: number; readonly fd: number | null } | null = null;

  const drop = (): void => {
    if (current === null) return;
    const { node, fd } = current;
    current = null;
    tree.unmake(node);
    if (fd !== null) closeSync(fd);
    try {
      unlinkSync(tree.pathOf(node));
    } catch (error) {
      throw tree.errorAt(node, error);
    }
  };

  return {
    open(node, attributes) {
      let fd = -1;
      const isOpen = tree.make(node, (path) => {
        fd = openSync(path, CREATE, 0o600);
      });
      if (!isOpen) return NOWHERE;
      current = { node, fd };
      let at = 0;
      let end = 0;

      /** Goes on without the file where the file system cannot hold one of its size. */
      const attempt = (act: () => void): void => {
        if (current?.fd !== fd) return;
        try {
          act();
        } catch (error) {
          if (codeOf(error) !== 'EFBIG') throw tree.errorAt(node, error);
          drop();
          report.addNotDone(node, 'size', () => 'the file system does not hold files of its size');
        }
      };

      return {
        write: (bytes) =>
          attempt(() => {
            for (let done = 0; done < bytes.length; ) {
              done += writeSync(fd, bytes, done, bytes.length - done, at + done);
            }
            at += bytes.length;
            end = at;
            report.addBytes(bytes.length);
          }),
        hole: (bytes) => {
          at += bytes;
        },
        end: () =>
          attempt(() => {
            if (at > end) ftruncateSync(fd, at);
            restorer.onDescriptor(node, fd, attributes);
            // A close that fails has closed it all the same.
            current = { node, fd: null };
            closeSync(fd);
            current = null;
            report.count('files');
          }),
      };
    },
    abandon: drop,
  };
}
