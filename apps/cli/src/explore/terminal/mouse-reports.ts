import type { MouseInput } from '@layers/explorer';

/** Makes the terminal report buttons and the wheel in the form SGR (1006), which has no limit of columns. */
export const MOUSE_ON = '\x1b[?1000h\x1b[?1006h';
export const MOUSE_OFF = '\x1b[?1006l\x1b[?1000l';

const START = Buffer.from('\x1b[<');
/** A longer report is none: it is dropped. */
const MAX_REPORT_BYTES = 32;
const DOUBLE_CLICK_MS = 400;

/**
 * Separates the reports of a mouse from the bytes of keys, which `node:readline` decodes: it takes a report for keys. A
 * report may come in several pieces.
 */
export class MouseReports {
  readonly #now: () => number;
  /** The start of what may be a report. */
  #pending = Buffer.alloc(0);
  /** Whether the rest of a report that is too long is dropped. */
  #isDropping = false;
  #lastClick: { readonly column: number; readonly row: number; readonly time: number } | null = null;

  constructor(now: () => number = performance.now.bind(performance)) {
    this.#now = now;
  }

  /** Whether bytes are kept back that may be the start of a report. */
  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Takes bytes of the terminal; yields those of keys, and what the mouse did, in their order. */
  *push(chunk: Uint8Array): Generator<Uint8Array | MouseInput> {
    let bytes = Buffer.concat([this.#pending, chunk]);
    this.#pending = Buffer.alloc(0);
    for (;;) {
      if (this.#isDropping) {
        const end = finalByte(bytes, 0);
        if (end === -1) return;
        this.#isDropping = false;
        bytes = bytes.subarray(end + 1);
      }
      const start = bytes.indexOf(START);
      if (start === -1) break;
      if (start > 0) yield bytes.subarray(0, start);
      bytes = bytes.subarray(start);
      const end = finalByte(bytes, START.length);
      if (end === -1) {
        this.#isDropping = bytes.length > MAX_REPORT_BYTES;
        if (!this.#isDropping) this.#pending = Buffer.from(bytes);
        return;
      }
      const input = this.#inputOf(bytes.subarray(START.length, end + 1));
      if (input !== null) yield input;
      bytes = bytes.subarray(end + 1);
    }
    const kept = startLength(bytes);
    if (bytes.length > kept) yield bytes.subarray(0, bytes.length - kept);
    this.#pending = Buffer.from(bytes.subarray(bytes.length - kept));
  }

  /** Returns the bytes that were kept back: no report followed them. */
  flush(): Uint8Array {
    const bytes = this.#pending;
    this.#pending = Buffer.alloc(0);
    // What began as a report is none of keys.
    return bytes.length >= START.length ? Buffer.alloc(0) : bytes;
  }

  #inputOf(report: Buffer): MouseInput | null {
    const parts = /^(\d{1,5});(\d{1,5});(\d{1,5})M$/.exec(report.toString('latin1'));
    if (parts === null) return null;
    const [button = 0, x = 0, y = 0] = parts.slice(1).map(Number);
    const place = { column: x - 1, row: y - 1 };
    if (place.column < 0 || place.row < 0) return null;
    // Shift, Meta and Control add 4, 8 and 16.
    const plain = button & ~0b11100;
    if (plain === 64) return { kind: 'wheel-up', ...place };
    if (plain === 65) return { kind: 'wheel-down', ...place };
    return plain === 0 ? this.#click(place) : null;
  }

  #click(place: { readonly column: number; readonly row: number }): MouseInput {
    const time = this.#now();
    const last = this.#lastClick;
    const isDouble =
      last !== null &&
      last.column === place.column &&
      last.row === place.row &&
      time - last.time < DOUBLE_CLICK_MS;
    // A third click is the first of another two.
    this.#lastClick = isDouble ? null : { ...place, time };
    return { kind: isDouble ? 'double-click' : 'click', ...place };
  }
}

/** Returns the position of the first byte that ends an escape sequence; -1 for none. */
function finalByte(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x3f) return at;
  }
  return -1;
}

/** Returns how many bytes at the end may be the start of a report. */
function startLength(bytes: Buffer): number {
  for (let length = Math.min(START.length - 1, bytes.length); length > 0; length--)
    if (bytes.subarray(bytes.length - length).equals(START.subarray(0, length))) return length;
  return 0;
}
