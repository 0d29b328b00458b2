import { crc32 } from '#core/compression/crc32.js';
import { PIECE_BYTES } from '../decoder.js';
import {
  type AccessPoint,
  type CompressedIndex,
  checkAt,
  type IndexedSpan,
  MAX_SPAN_BYTES,
} from './compressed-index.js';

const KIB = 1024;
export const DEFAULT_SPACING = KIB * KIB;
const MIN_SPACING = 64 * KIB;
const MAX_SPACING = MAX_SPAN_BYTES / 4;

/** Access points take at most this share of the data, and a constant. Where windows are large, points are rarer. */
const MAX_SHARE = 1 / 100;
const FREE_BYTES = 64 * KIB;
/** About the encoded size of a point without its window. */
const POINT_BYTES = 16;

/** The starts of members and frames need no window, so points may be closer there. */
const STARTS_PER_SPACING = 16;
/** After a position that was not suitable, this many bytes of output pass before the next attempt. */
const RETRY_BYTES = 64 * KIB;
const OVERDUE = 1.5;
/** Spans without another access point are longer than the spacing, but not longer than this. */
const LONGEST = 2;

/** Collects the spans of an index while a decoder yields the data. */
export class IndexRecorder {
  readonly #spacing: number;
  readonly #spans: IndexedSpan[] = [];
  #size = 0;
  #spanStart = 0;
  #check = checkAt(0);
  #point: AccessPoint | null = null;
  #lastPointAt = 0;
  #pointBytes = 0;
  #retryAt = 0;

  /** @param spacing wanted distance of access points, in bytes of output */
  constructor(spacing: number = DEFAULT_SPACING) {
    this.#spacing = Math.min(MAX_SPACING, Math.max(MIN_SPACING, Math.floor(spacing)));
  }

  /** Whether a point inside deflate data is wanted at the current position. */
  get wantsPoint(): boolean {
    return this.#size >= this.#retryAt && this.#size - this.#lastPointAt >= this.#spacing && this.#hasRoom();
  }

  /** After how many bytes a point may be wanted, at least 1. */
  get bytesToPoint(): number {
    const wantedAt = Math.max(this.#lastPointAt + this.#spacing, this.#retryAt);
    return wantedAt > this.#size ? wantedAt - this.#size : PIECE_BYTES;
  }

  /** Whether the next pieces may be the window of a point. */
  get isNearPoint(): boolean {
    return this.#size - this.#lastPointAt >= this.#spacing - 2 * PIECE_BYTES;
  }

  /** Whether the last point is so far away that a point with a large window is better than none. */
  get isOverdue(): boolean {
    return this.#size - this.#lastPointAt >= this.#spacing * OVERDUE;
  }

  /** Whether a point at the start of a member or frame is wanted at the current position. */
  get wantsStart(): boolean {
    if (this.#size === 0) return true;
    return this.#size - this.#lastPointAt >= this.#spacing / STARTS_PER_SPACING && this.#hasRoom();
  }

  #hasRoom(): boolean {
    return this.#pointBytes <= FREE_BYTES + this.#size * MAX_SHARE;
  }

  /** Adds the next bytes of output. */
  add(bytes: Uint8Array): void {
    this.#check = crc32(bytes, this.#check);
    this.#size += bytes.length;
    if (this.#size - this.#spanStart >= LONGEST * this.#spacing) this.#endSpan(null);
  }

  /** Adds a point at the current position. */
  addPoint(point: AccessPoint): void {
    this.#endSpan(point);
    this.#lastPointAt = this.#size;
    this.#pointBytes += POINT_BYTES + point.window.length;
  }

  /** Notes that the current position is not suitable for a point. */
  refusePoint(): void {
    this.#retryAt = this.#size + RETRY_BYTES;
  }

  finish(compression: CompressedIndex['compression'], storedBytes: number): CompressedIndex {
    this.#endSpan(null);
    return { compression, storedBytes, size: this.#size, spans: this.#spans };
  }

  #endSpan(nextPoint: AccessPoint | null): void {
    const size = this.#size - this.#spanStart;
    if (size > 0) {
      this.#spans.push({ size, check: this.#check, point: this.#point });
      this.#point = null;
      this.#spanStart = this.#size;
      this.#check = checkAt(this.#size);
    }
    // Of several points at one position, the last one has the least to decode.
    this.#point = nextPoint ?? this.#point;
  }
}
