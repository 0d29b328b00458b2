import { KERNEL_CODE } from './code.js';

/**
 * Entries of ordinary headers, in columns: files, directories, links and symlinks in USTAR or GNU form whose names are simply parts
 * between slashes. The arrays are longer than what they hold, and hold it until the next batch is read.
 */
export interface PlainBatch {
  readonly entries: number;
  readonly headerOffset: Float64Array;
  /** Bytes of data; 0 for what is not a file. */
  readonly size: Float64Array;
  readonly mtime: Float64Array;
  readonly uid: Uint32Array;
  readonly gid: Uint32Array;
  readonly mode: Uint16Array;
  /** The type bytes: `0`, `1`, `2` or `5`. */
  readonly typeflag: Uint8Array;
  /** Where the last part of each name lies in `names`. */
  readonly nameStart: Uint32Array;
  readonly nameLength: Uint16Array;
  readonly names: Uint8Array;
  readonly nameBytes: number;
  /** The entries that are links or symlinks, and where the target of each lies in `names`. */
  readonly links: number;
  readonly hardLinks: number;
  readonly linkEntry: Uint32Array;
  readonly linkStart: Uint32Array;
  readonly linkLength: Uint16Array;
  /**
   * Entries that follow each other in one directory: the first of each run, and where the directory lies in `directories`, as
   * in the names, with its last slash; no byte for the root.
   */
  readonly runs: number;
  readonly runEntry: Uint32Array;
  readonly runStart: Uint32Array;
  readonly runLength: Uint16Array;
  readonly directories: Uint8Array;
  readonly directoryBytes: number;
  /** Bytes of all names and targets, as the tar has them. */
  readonly metadataBytes: number;
  /** Whether no name starts with `./`. */
  readonly plainNames: boolean;
}

/** Reads ordinary headers by WebAssembly code. */
export class PlainKernel implements PlainBatch {
  /** Where the bytes of the tar are put. */
  readonly window: Uint8Array<ArrayBuffer>;
  readonly headerOffset: Float64Array;
  readonly size: Float64Array;
  readonly mtime: Float64Array;
  readonly uid: Uint32Array;
  readonly gid: Uint32Array;
  readonly mode: Uint16Array;
  readonly typeflag: Uint8Array;
  readonly nameStart: Uint32Array;
  readonly nameLength: Uint16Array;
  readonly names: Uint8Array;
  readonly linkEntry: Uint32Array;
  readonly linkStart: Uint32Array;
  readonly linkLength: Uint16Array;
  readonly runEntry: Uint32Array;
  readonly runStart: Uint32Array;
  readonly runLength: Uint16Array;
  readonly directories: Uint8Array;
  readonly #exports: Exports;
  readonly #clear: Callable;
  readonly #scan: Callable;
  readonly #isFull: Callable;

  constructor(exports: Exports) {
    this.#exports = exports;
    this.#clear = functionIn(exports, 'clear');
    this.#scan = functionIn(exports, 'scan');
    this.#isFull = functionIn(exports, 'isFull');
    const buffer = memoryIn(exports);
    const entries = this.#number('ENTRIES');
    const pool = this.#number('POOL_BYTES');
    const bytes = (at: string, length: number) => new Uint8Array(buffer, this.#number(at), length);
    const shorts = (at: string) => new Uint16Array(buffer, this.#number(at), entries);
    const words = (at: string) => new Uint32Array(buffer, this.#number(at), entries);
    const numbers = (at: string) => new Float64Array(buffer, this.#number(at), entries);
    this.window = new Uint8Array(buffer, this.#number('WINDOW'), this.#number('WINDOW_BYTES'));
    this.names = bytes('NAMES', pool);
    this.directories = bytes('DIRECTORIES', pool);
    this.headerOffset = numbers('HEADER_OFFSET');
    this.size = numbers('SIZE');
    this.mtime = numbers('MTIME');
    this.uid = words('UID');
    this.gid = words('GID');
    this.nameStart = words('NAME_START');
    this.linkStart = words('LINK_START');
    this.linkEntry = words('LINK_ENTRY');
    this.runStart = words('RUN_START');
    this.runEntry = words('RUN_ENTRY');
    this.nameLength = shorts('NAME_LENGTH');
    this.mode = shorts('MODE');
    this.linkLength = shorts('LINK_LENGTH');
    this.runLength = shorts('RUN_LENGTH');
    this.typeflag = bytes('TYPE', entries);
  }

  get entries(): number {
    return this.#number('entries');
  }

  get nameBytes(): number {
    return this.#number('nameBytes');
  }

  get directoryBytes(): number {
    return this.#number('directoryBytes');
  }

  get runs(): number {
    return this.#number('runs');
  }

  get links(): number {
    return this.#number('links');
  }

  get hardLinks(): number {
    return this.#number('hardLinks');
  }

  get metadataBytes(): number {
    return this.#number('metadataBytes');
  }

  get plainNames(): boolean {
    return this.#number('plainNames') !== 0;
  }

  /** Position in bytes of the header after those that were read. */
  get next(): number {
    return this.#number('next');
  }

  /** Whether that header is in the window, and not ordinary. */
  get isOdd(): boolean {
    return this.#number('isOdd') !== 0;
  }

  /** Whether the batch has no room for another entry. */
  get isFull(): boolean {
    return this.#isFull() !== 0;
  }

  /** Starts a new batch. */
  clear(): void {
    this.#clear();
  }

  /**
   * Adds the ordinary headers from `position` on, up to another one, the end of the window, or of the room in the batch.
   *
   * @param start the position in bytes of the window in the tar
   * @param length the bytes in the window
   * @param size the bytes of the tar
   */
  scan(position: number, start: number, length: number, size: number): void {
    this.#scan(position, start, length, size);
  }

  #number(name: string): number {
    const value = fieldOf(this.#exports[name], 'value');
    if (typeof value !== 'number') throw new TypeError(`the kernel has no number ${name}`);
    return value;
  }
}

type Exports = Readonly<Record<string, unknown>>;
type Callable = (...numbers: number[]) => unknown;

function functionIn(exports: Exports, name: string): Callable {
  const found = exports[name];
  if (typeof found !== 'function') throw new TypeError(`the kernel has no function ${name}`);
  return (...numbers) => Reflect.apply(found, undefined, numbers);
}

function memoryIn({ memory }: Exports): ArrayBuffer {
  const buffer = fieldOf(memory, 'buffer');
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('the kernel has no memory');
  return buffer;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** What is used of the global WebAssembly. */
interface WebAssembly {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Exports };
}

function isWebAssembly(value: unknown): value is WebAssembly {
  return typeof fieldOf(value, 'Module') === 'function' && typeof fieldOf(value, 'Instance') === 'function';
}

/** Kernels that no walk uses. Each has memory of its own, so that walks can take turns. */
const idle: PlainKernel[] = [];

let make: (() => PlainKernel) | null | undefined;

/** Returns a kernel that nothing else uses; null where WebAssembly is not allowed. Give it back with `giveKernelBack`. */
export function takeKernel(): PlainKernel | null {
  if (make === undefined) make = compile();
  return idle.pop() ?? make?.() ?? null;
}

export function giveKernelBack(kernel: PlainKernel): void {
  idle.push(kernel);
}

/** Compiles the code of kernels. Pages may forbid it by their security policy, and Node has none with `--jitless`. */
function compile(): (() => PlainKernel) | null {
  const wasm: unknown = Reflect.get(globalThis, 'WebAssembly');
  if (!isWebAssembly(wasm)) return null;
  try {
    const code = Uint8Array.from(atob(KERNEL_CODE), (character) => character.charCodeAt(0));
    const module = new wasm.Module(code);
    return () => new PlainKernel(new wasm.Instance(module).exports);
  } catch {
    return null;
  }
}
