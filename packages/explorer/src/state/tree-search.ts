import { NONE } from '@layers/core/rootfs';
import type { PathIndex } from '../tree/path-index.js';
import { findNodes, firstMatchFrom } from '../tree/search.js';
import type { Tree } from '../tree/tree.js';

/** The result of a search. */
export interface Found {
  readonly word: string;
  readonly count: number;
  /** The position of the match that the cursor is on, from 1; 0 before the first is reached. */
  readonly position: number;
}

/** A word that is searched in a tree, and its matches once they are found. Methods return the node to go to, or NONE. */
export class TreeSearch {
  #word = '';
  #work: Generator<undefined, Int32Array> | null = null;
  #matches: Int32Array | null = null;
  #match = 0;
  /** Where the search began. */
  #origin = NONE;
  /** Whether the word is typed to its end. */
  #isTyped = true;

  get isWorking(): boolean {
    return this.#work !== null;
  }

  get isTyping(): boolean {
    return !this.#isTyped;
  }

  /** Whether there is a word whose matches are not known. */
  get isWanted(): boolean {
    return this.#word !== '' && this.#matches === null;
  }

  get found(): Found | null {
    if (this.#matches === null) return null;
    return { word: this.#word, count: this.#matches.length, position: this.#match + 1 };
  }

  /** Takes a word that is being typed. */
  type(word: string, cursor: number): number {
    if (this.#origin === NONE || this.#isTyped) this.#origin = cursor;
    this.#isTyped = false;
    this.#word = word;
    this.forget();
    return word === '' ? this.#origin : NONE;
  }

  /** Ends typing: the cursor stays, or returns to where it was. */
  end(isKept: boolean, isWorking: boolean): number {
    const origin = this.#origin;
    this.#isTyped = true;
    // The first match may not be found yet.
    if (!isKept || !isWorking) this.#origin = NONE;
    if (isKept) return NONE;
    this.forget();
    return origin;
  }

  /** Starts to look for the matches. */
  start(index: PathIndex, tree: Tree): void {
    this.#work = findNodes(index, tree, this.#word);
  }

  /** Stops looking. Matches that are known stay. */
  stop(): void {
    this.#work = null;
  }

  /** Forgets the matches, which another tree may not have. */
  forget(): void {
    this.#matches = null;
    this.#work = null;
  }

  /** Forgets the word too. */
  clear(): void {
    this.forget();
    this.#word = '';
  }

  /** Continues to look for the matches. */
  step(index: PathIndex, tree: Tree | null): number {
    const step = this.#work?.next();
    if (step?.done !== true) return NONE;
    this.#work = null;
    this.#matches = step.value;
    const origin = this.#origin;
    if (tree === null || origin === NONE) return NONE;
    if (this.#isTyped) this.#origin = NONE;
    if (step.value.length === 0) return origin;
    this.#match = firstMatchFrom(index, tree, step.value, origin) % step.value.length;
    return step.value[this.#match] ?? NONE;
  }

  /** Goes to the match after or before the cursor. */
  next(index: PathIndex, tree: Tree | null, cursor: number, step: 1 | -1): number {
    const matches = this.#matches;
    if (matches === null || tree === null || matches.length === 0) return NONE;
    const at = firstMatchFrom(index, tree, matches, cursor);
    const isOn = matches[at] === cursor;
    const next = step === 1 && !isOn ? at : at + step;
    this.#match = (next + matches.length) % matches.length;
    return matches[this.#match] ?? NONE;
  }
}
