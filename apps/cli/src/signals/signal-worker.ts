// Watches for signals in a thread of its own. If the main thread is too busy to hear one, makes it exit with the debugger
// protocol, which interrupts running JavaScript.
import { Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';
import { EXIT_FUNCTION, type WatchData } from './watch-signals.js';

const { beats, statuses }: WatchData = workerData;

/** A main thread that hears no signal and no timer for so long is busy. */
const BUSY_MS = 250;

/** The handle of a signal: `process.on` has no signals in threads. It is not documented. */
interface SignalHandle {
  onsignal: () => void;
  start(signal: number): void;
}

function isSignalClass(value: unknown): value is new () => SignalHandle {
  return typeof value === 'function' && typeof Reflect.get(value.prototype, 'start') === 'function';
}

function signalClass(): (new () => SignalHandle) | null {
  // The thread has a process object of its own.
  process.noDeprecation = true;
  const binding: unknown = Reflect.get(process, 'binding');
  const found: unknown = typeof binding === 'function' ? binding.call(process, 'signal_wrap') : null;
  const value: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, 'Signal') : null;
  return isSignalClass(value) ? value : null;
}

/** Ends the main thread if it is busy. Else waits, because it may become busy again. */
function endBusyThread(status: number, before: number): void {
  const now = Atomics.load(beats, 0);
  if (now !== before) {
    setTimeout(endBusyThread, BUSY_MS, status, now);
    return;
  }
  const session = new Session();
  session.connectToMainThread();
  session.post('Runtime.evaluate', { expression: `${EXIT_FUNCTION}(${status})` });
}

const Signal = signalClass();
if (Signal !== null) {
  for (const [signal, status] of statuses) {
    const handle = new Signal();
    handle.onsignal = () => {
      if (Atomics.load(beats, 1) === 0) setTimeout(endBusyThread, BUSY_MS, status, Atomics.load(beats, 0));
    };
    handle.start(signal);
  }
}
