/** What drives a zlib or zstd of Node synchronously, which no documented function does. */
export interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputBytes: number,
    output: Uint8Array,
    outputAt: number,
    outputBytes: number,
  ): void;
  reset(): void;
  close(): void;
  onerror: (message: string) => void;
}

/** What is inside the streams of node:zlib. */
export interface ZlibInternals {
  _handle: ZlibHandle | null;
  readonly _writeState: Uint32Array;
  readonly bytesWritten: number;
  _processChunk(chunk: Uint8Array, flush: number): Uint8Array;
  close(): void;
  on(event: 'error', listener: () => void): unknown;
  removeAllListeners(event: 'error'): unknown;
}

/**
 * Calling the handle in a way that it does not know ends the process, so it is called only on the major
 * versions that it was tried on; newer ones go through `_processChunk`, which Node keeps in step itself.
 */
const NEWEST_TRIED_MAJOR = 26;

const triedHere = Number(process.versions.node.split('.')[0]) <= NEWEST_TRIED_MAJOR;

/** Whether the fast way is open on this Node. */
export function isHandleTried(): boolean {
  return triedHere;
}

/** Whether a stream is made as those are that this was written for. */
export function hasInternals(stream: object): stream is ZlibInternals & { _handle: ZlibHandle } {
  if (!('_handle' in stream && '_writeState' in stream && '_processChunk' in stream)) return false;
  const { _handle: handle, _writeState: state, _processChunk: processChunk } = stream;
  if (typeof handle !== 'object' || handle === null || !(state instanceof Uint32Array)) return false;
  const methods = ['writeSync', 'reset', 'close'];
  return (
    typeof processChunk === 'function' &&
    state.length >= 2 &&
    methods.every((name) => typeof Reflect.get(handle, name) === 'function')
  );
}
