/** The handle of Node's zlib and zstd, which works synchronously. It is not documented. */
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

/** The same handle, which also works in the thread pool. */
export interface PooledHandle extends ZlibHandle {
  /** Starts a write as `writeSync` does. Its memory must stay until `cb` or `onerror` is called. */
  write(...write: Parameters<ZlibHandle['writeSync']>): void;
  cb?: () => void;
}

/** The internals of a stream of node:zlib. */
export interface ZlibInternals {
  _handle: PooledHandle | null;
  readonly _writeState: Uint32Array;
  readonly bytesWritten: number;
  _processChunk(chunk: Uint8Array, flush: number): Uint8Array;
  close(): void;
  on(event: 'error', listener: () => void): unknown;
  removeAllListeners(event: 'error'): unknown;
}

/**
 * A call of the handle with other arguments than it expects ends the process, so it is used only on the major versions
 * on which it was tested. Newer ones use `_processChunk`, which Node adapts itself.
 */
const NEWEST_TESTED_MAJOR = 26;

const isTested = Number(process.versions.node.split('.')[0]) <= NEWEST_TESTED_MAJOR;

/** Returns whether the handle was tested on this major version of Node. */
export function isHandleTested(): boolean {
  return isTested;
}

/** Returns whether a stream has the internals that this package uses. */
export function hasInternals(stream: object): stream is ZlibInternals & { _handle: PooledHandle } {
  if (!('_handle' in stream && '_writeState' in stream && '_processChunk' in stream)) return false;
  const { _handle: handle, _writeState: state, _processChunk: processChunk } = stream;
  if (typeof handle !== 'object' || handle === null || !(state instanceof Uint32Array)) return false;
  const methods = ['write', 'writeSync', 'reset', 'close'];
  return (
    typeof processChunk === 'function' &&
    state.length >= 2 &&
    methods.every((name) => typeof Reflect.get(handle, name) === 'function')
  );
}
