import { closeSync, constants, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { withBufferedWriter } from './buffered-writer.js';
import type { OutputFile } from './output-file.js';
import { systemCode, writeError, writing } from './system-errors.js';

const WAIT_MS = 10;

const DESCRIPTOR = /^\/(?:dev|proc\/self)\/fd\/(\d{1,9})$/;

/** Returns the descriptor of this process that a path names; null for an ordinary path. */
function descriptorOf(path: string): number | null {
  if (path === '/dev/stdout') return 1;
  if (path === '/dev/stderr') return 2;
  const match = DESCRIPTOR.exec(path);
  return match === null ? null : Number(match[1]);
}

/**
 * Returns whether `path` must be written in place, because no file can replace it: a device, a pipe, or a descriptor of
 * this process such as `/dev/stdout`. Throws ERR_LAYERS_WRITE_OUTPUT.
 */
export function isSpecialFile(path: string): boolean {
  const stat = writing(path, () => statSync(path, { throwIfNoEntry: false }));
  if (stat === undefined || stat.isDirectory()) return false;
  return !stat.isFile() || descriptorOf(path) !== null;
}

/**
 * Writes to a special file from start to end. What was written stays there if `use` fails. Waits until a named pipe has
 * a reader. Throws ERR_LAYERS_WRITE_OUTPUT, and what `use` and `signal` throw.
 */
export async function withSpecialFile<T>(
  path: string,
  signal: AbortSignal | undefined,
  use: (file: OutputFile) => Promise<T>,
): Promise<T> {
  // A pipe is opened again by its name, so that the descriptor that other processes share keeps its mode.
  const own = writing(path, () => statSync(path)).isFIFO() ? null : descriptorOf(path);
  const descriptor = own ?? (await openWaiting(path, signal));
  const isPipe = own === null && fstatSync(descriptor).isFIFO();
  const output = isPipe ? pipeOutput(path, descriptor) : deviceOutput(path, descriptor, own === null, signal);
  try {
    const result = await withBufferedWriter(output.put, ({ write }) =>
      use({ write, writeAt: null, truncate: null }),
    );
    await output.end();
    return result;
  } finally {
    output.close();
  }
}

/** Opens a path for writing. A blocking open of a pipe without a reader would keep the process alive. */
async function openWaiting(path: string, signal: AbortSignal | undefined): Promise<number> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (cause) {
      if (systemCode(cause) !== 'ENXIO' || !statSync(path).isFIFO()) throw writeError(path, cause);
    }
    await setTimeout(WAIT_MS);
  }
}

interface Output {
  put(bytes: Uint8Array): Promise<void>;
  end(): Promise<void>;
  close(): void;
}

function pipeOutput(path: string, descriptor: number): Output {
  const socket = new Socket({ fd: descriptor, readable: false, writable: true });
  // The callbacks of `write` and `end` get the error too; without a listener it would end the process.
  socket.on('error', () => {});
  const done = (run: (callback: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      run((error) => (error == null ? resolve() : reject(writeError(path, error))));
    });
  return {
    put: (bytes) => done((callback) => socket.write(bytes, callback)),
    end: () => done((callback) => socket.end(callback)),
    close: () => void socket.destroy(),
  };
}

function deviceOutput(
  path: string,
  descriptor: number,
  isOwned: boolean,
  signal: AbortSignal | undefined,
): Output {
  return {
    async put(bytes) {
      for (let done = 0; done < bytes.length; ) {
        try {
          done += writeSync(descriptor, bytes, done);
        } catch (cause) {
          if (systemCode(cause) !== 'EAGAIN') throw writeError(path, cause);
          signal?.throwIfAborted();
          await setTimeout(WAIT_MS);
        }
      }
    },
    end: async () => {},
    close() {
      if (isOwned) closeSync(descriptor);
    },
  };
}
