import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** The data of the watching thread. */
export interface WatchData {
  /** Shared memory: in [0], a count that grows while the main thread hears timers, since it heard a signal. */
  readonly beats: Int32Array;
  /** The exit status of each signal, by its number. */
  readonly statuses: ReadonlyMap<number, number>;
}

/** The name of a global function that exits with a status. The watching thread calls it in the main thread. */
export const EXIT_FUNCTION = 'layersExitAtSignal';

/** Shorter work needs no watching thread, which takes some milliseconds to start. */
const PATIENCE_MS = 400;
const BEAT_MS = 40;

/**
 * Starts a thread that watches for signals, if the process runs long enough. It ends the process with the status of the
 * signal if the main thread is too busy to hear it.
 *
 * @returns a function to call in the handlers of the signals
 */
export function watchSignals(statuses: ReadonlyMap<number, number>): () => void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  if (process.platform !== 'win32') {
    Reflect.set(globalThis, EXIT_FUNCTION, exitQuietly);
    setTimeout(() => start({ beats, statuses }), PATIENCE_MS).unref();
  }
  return () => {
    Atomics.add(beats, 0, 1);
    setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref();
  };
}

function start(workerData: WatchData): void {
  const worker = new Worker(fileURLToPath(new URL('./signal-worker.js', import.meta.url)), {
    workerData,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
  });
  // Without the thread, a signal is heard when the main thread is free.
  worker.on('error', () => {});
  worker.unref();
}

/** Exits, after all handlers of the exit. Node would print that it waits for the debugger, which is the watching thread. */
function exitQuietly(status: number): void {
  process.on('exit', () => {
    try {
      closeSync(2);
    } catch {
      // It is closed.
    }
  });
  process.exit(status);
}
