import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** The data of the watching thread. */
export interface WatchData {
  /**
   * Shared memory: in [0], a count that grows while the main thread hears timers, since it heard a signal; in [1], 1 while
   * signals of the keyboard are for another program.
   */
  readonly beats: Int32Array;
  /** The exit status of each signal, by its number. */
  readonly statuses: ReadonlyMap<number, number>;
}

/** The name of a global function that exits with a status. The watching thread calls it in the main thread. */
export const EXIT_FUNCTION = 'layersExitAtSignal';

/** Shorter work needs no watching thread, which takes some milliseconds to start. */
const PATIENCE_MS = 400;
const BEAT_MS = 40;
/** The thread may hear a signal after the program that the signal was for has ended. */
const LATE_MS = 500;

/** The watching thread, as the main thread sees it. */
export interface SignalWatch {
  /** To be called in the handlers of the signals. */
  readonly onHeard: () => void;
  /** Tells whether signals of the keyboard are for another program. */
  readonly setLeft: (isLeft: boolean) => void;
}

/**
 * Starts a thread that watches for signals, if the process runs long enough. It ends the process with the status of the
 * signal if the main thread is too busy to hear it.
 */
export function watchSignals(statuses: ReadonlyMap<number, number>): SignalWatch {
  const beats = new Int32Array(new SharedArrayBuffer(8));
  if (process.platform !== 'win32') {
    Reflect.set(globalThis, EXIT_FUNCTION, exitQuietly);
    setTimeout(() => start({ beats, statuses }), PATIENCE_MS).unref();
  }
  let timer: NodeJS.Timeout | undefined;
  return {
    onHeard: () => {
      Atomics.add(beats, 0, 1);
      setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref();
    },
    setLeft(isLeft) {
      clearTimeout(timer);
      if (isLeft) Atomics.store(beats, 1, 1);
      else timer = setTimeout(() => Atomics.store(beats, 1, 0), LATE_MS).unref();
    },
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
