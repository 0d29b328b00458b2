import { closeSync, constants, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { withBufferedWriter } from './buffered-writer.js';
import type { OutputFile } from './output-file.js';
import { systemCode, writeError, writing } from './system-errors.js';

const WAIT_MS = 10;

const DESCRIPTOR = /^\/(?:dev|proc\/self)\/fd\/(\d{1,9})$/;

/** The descriptor of this process that a path names; null where it is a path like any other. */
function descriptorOf(path: string): number | null {
  if (path === '/dev/stdout') return 1;
  if (path === '/dev/stderr') return 2;
  const match = DESCRIPTOR.exec(path);
  return match === null ? null : Number(match[1]);
}

/**
 * Whether something stands at `path` that is written to where it is, since no file can take its place: a device, a
 * pipe, or a descriptor of this process such as `/dev/stdout`, whatever that leads to. Throws ERR_LAYERS_WRITE_OUTPUT.
 */
export function isSpecialFile(path: string): boolean {
  const stat = writing(path, () => statSync(path, { throwIfNoEntry: false }));
  if (stat === undefined || stat.isDirectory()) return false;
  return !stat.isFile() || descriptorOf(path) !== null;
}

/**
 * Writes to what `isSpecialFile` is true of, from start to end; what was written stays there when `use` fails. A named
 * pipe is waited for until someone reads it. Throws ERR_LAYERS_WRITE_OUTPUT, and what `use` and `signal` throw.
 */
export async function withSpecialFile<T>(
  path: string,
  signal: AbortSignal | undefined,
  use: (file: OutputFile) => Promise<T>,
): Promise<T> {
  // Opening a pipe once more by its name leaves the descriptor that others share as it was.
  const own = writing(path, () => statSync(path)).isFIFO() ? null : descriptorOf(path);
  const descriptor = own ?? (await openWaiting(path, signal));
  const isPipe = own === null && fstatSync(descriptor).isFIFO();
  const output = isPipe ? pipeOutput(path, descriptor) : deviceOutput(path, descriptor, own === null, signal);
  try {
    const result = await withBufferedWriter(output.put, ({ write }) => use({ write, writeAt: null }));
    await output.end();
    return result;
  } finally {
    output.close();
  }
}

/** A blocking open of a pipe that nobody reads would keep the process from ending. */
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
  // The callbacks of `write` and `end` are told as well; without a listener the process would end.
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
  isOurs: boolean,
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
      if (isOurs) closeSync(descriptor);
    },
  };
}
