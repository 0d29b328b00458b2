import type { IHasher } from 'hash-wasm';

/**
 * One instance of a hash in WebAssembly, for all hashes of an algorithm: compiling it waits, and hashes are created without
 * waiting.
 */
export class SharedHasher {
  readonly #hasher: IHasher;
  /** The hash whose state the instance has. */
  #user: HashState | null = null;

  constructor(hasher: IHasher) {
    this.#hasher = hasher;
  }

  /** Starts a hash. */
  start(): SharedHash {
    const state: HashState = { saved: null };
    return {
      update: (data) => this.#load(state).update(data),
      digest: () => {
        const bytes = this.#load(state).digest('binary');
        this.#user = null;
        return bytes;
      },
    };
  }

  #load(state: HashState): IHasher {
    if (this.#user === state) return this.#hasher;
    if (this.#user !== null) this.#user.saved = this.#hasher.save();
    this.#user = state;
    return state.saved === null ? this.#hasher.init() : this.#hasher.load(state.saved);
  }
}

/** The state of a hash while another one uses the instance; null for a hash that has not begun. */
interface HashState {
  saved: Uint8Array | null;
}

export interface SharedHash {
  /** Adds bytes, or text as UTF-8. The caller may overwrite the bytes afterwards. */
  update(data: Uint8Array | string): unknown;
  /** Returns the hash. It cannot be used afterwards. */
  digest(): Uint8Array;
}
