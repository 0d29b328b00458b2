import { closeSync, constants, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { systemCode } from '@layers/core/io';
import type { Attributes, Restorer } from './attributes.js';
import type { ReportBuilder } from './report.js';
import type { TreeWriter } from './tree-writer.js';

/** One regular file that is being written. */
export interface FileSink {
  write(bytes: Uint8Array): void;
  /** Skips bytes of a hole, which read as zeros. */
  hole(bytes: number): void;
  end(): void;
}

/** Writes regular files, one at a time. */
export interface FileWriter {
  /** Creates a file at the path of a node. Only `force` removes an existing one. */
  open(node: number, attributes: Attributes): FileSink;
  /** Removes an unfinished file, if there is one. */
  abandon(): void;
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Discards the bytes of a file that cannot be created. */
const DISCARD: FileSink = { write: () => undefined, hole: () => undefined, end: () => undefined };

export function createFileWriter(tree: TreeWriter, restorer: Restorer, report: ReportBuilder): FileWriter {
  let current: { readonly node: number; readonly fd: number | null } | null = null;

  const abandon = (): void => {
    if (current === null) return;
    const { node, fd } = current;
    current = null;
    tree.markRemoved(node);
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
      if (!isOpen) return DISCARD;
      current = { node, fd };
      let position = 0;
      let end = 0;

      /** Removes the file, and goes on, if it is too large for the file system. */
      const attempt = (act: () => void): void => {
        if (current?.fd !== fd) return;
        try {
          act();
        } catch (error) {
          if (systemCode(error) !== 'EFBIG') throw tree.errorAt(node, error);
          abandon();
          report.addNotDone(node, 'size', () => 'it is too large for the file system');
        }
      };

      return {
        write: (bytes) =>
          attempt(() => {
            for (let done = 0; done < bytes.length; ) {
              done += writeSync(fd, bytes, done, bytes.length - done, position + done);
            }
            position += bytes.length;
            end = position;
            report.addBytes(bytes.length);
          }),
        hole: (bytes) => {
          position += bytes;
        },
        end: () =>
          attempt(() => {
            if (position > end) ftruncateSync(fd, position);
            restorer.onDescriptor(node, fd, attributes);
            // The descriptor is closed even if `close` fails.
            current = { node, fd: null };
            closeSync(fd);
            current = null;
            report.count('files');
          }),
      };
    },
    abandon,
  };
}
