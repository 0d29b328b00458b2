import type { Shard } from '../folder/state.js';
import type { CacheChoice } from '../read/read-job.js';
import type { ChunkChoice } from './known-chunks.js';

/** How far a scan is. */
export interface ScanProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Options of `scanFleet`. */
export interface ScanOptions {
  /** How many images are read at once. Default: one for each processor, if they are large enough. */
  readonly jobs?: number | undefined;
  /** The share of the images to scan: others are left to other scans of the same sources. Default: all. */
  readonly shard?: Shard | undefined;
  /** Finds the chunks of files, also of layers that earlier scans read without them. Default: finds none. */
  readonly chunks?: ChunkChoice | undefined;
  /** Where indexes of layers are kept, and by which version of the program. */
  readonly cache?: CacheChoice | undefined;
  /** Cancels the scan. What was scanned is kept, and not read again. */
  readonly signal?: AbortSignal | undefined;
  /** Called repeatedly during the work. */
  readonly onProgress?: ((progress: ScanProgress) => void) | undefined;
}

/** What a scan did. */
export interface ScanResult {
  /** Archives, layouts, and other files of folders. */
  readonly sources: number;
  /** Those that are as the scan before found them, and were not opened. */
  readonly unchangedSources: number;
  /** Distinct images in the sources. */
  readonly images: number;
  /** Those that were not known. */
  readonly newImages: number;
  /** Distinct blobs of layers that were not known. */
  readonly newLayers: number;
  /** Distinct tars of layers whose chunks were found. */
  readonly chunkedLayers: number;
  readonly problems: number;
}
