import { availableParallelism } from 'node:os';
import type { InspectDocument } from '@layers/core/analysis';
import { type ReadImage, WORTH_THREADS_BYTES } from '@layers/core/image';
import { runEventLoop } from '@layers/core/io';
import type { BenchOptions } from './bench-options.js';
import { type Blob, layerBlobs } from './blobs.js';
import { type Extraction, extractOnce, lacksRoom, roomAt } from './extract-stage.js';
import { collectHeaders, type HeaderSample } from './header-sample.js';
import { inflateLimit } from './inflate-limit.js';
import { inspectOnce, type Reopened } from './inspect-stage.js';
import { memoryCopyLimit, sha256Limit } from './memory-limits.js';
import { parseOnce } from './parse-stage.js';
import { fileReadLimit, sameReadsLimit } from './read-limits.js';
import { repeat } from './repeat.js';
import { type Limit, type Sample, type Stage, type StageName, stageOf } from './stage.js';
import { type OnTar, streamOnce } from './stream-stages.js';
import { uniteOnce } from './union-stage.js';
import { walkOnce } from './walk-stage.js';
import { sameFilesLimit, writeFsyncLimit, writeLimit } from './write-limits.js';

/** The subject of the measurement. */
export interface Subject {
  readonly image: ReadImage;
  readonly totals: InspectDocument['totals'];
  /** The archive itself if it is compressed as a whole; its layers are then read from the decompressed copy. */
  readonly compressedArchive: Blob | null;
  readonly reopened: Reopened;
  /** The directory to extract into, removed afterwards; null to extract nothing. */
  readonly folder: string | null;
}

/** A stage that was not measured, with the reason. */
export interface Skipped {
  readonly stage: StageName;
  readonly reason: string;
}

export interface Measurements {
  readonly stages: readonly Stage[];
  readonly skipped: readonly Skipped[];
  readonly limits: readonly Limit[];
}

/**
 * Measures each stage of reading an image, and the limits of this machine.
 *
 * Throws what the stages throw: ERR_LAYERS_READ, damaged layers, ERR_LAYERS_WRITE_OUTPUT, and the signal's reason.
 */
export async function measureImage(subject: Subject, options: BenchOptions): Promise<Measurements> {
  const { image, compressedArchive } = subject;
  const layers = layerBlobs(image, compressedArchive === null);
  const blobs = compressedArchive === null ? layers : [compressedArchive, ...layers];
  const found = createFound();
  const headers = await collectHeaders(layers, options);
  await measureStreams(blobs, headers.onTar, found, options);
  await measureWalk(layers, found, options);
  await measureParse(headers.samples(), found, options);
  options.begin('union');
  found.add(stageOf('union', await repeat(options, () => uniteOnce(image))));
  await measureExtract(subject, found, options);
  await measureInspect(subject, layers, found, options);
  return found;
}

interface Found extends Measurements {
  add(stage: Stage): void;
  skip(stage: StageName, reason: string): void;
  limit<Kind extends Limit | null>(limit: Kind): Kind;
}

function createFound(): Found {
  const stages: Stage[] = [];
  const skipped: Skipped[] = [];
  const limits: Limit[] = [];
  return {
    stages,
    skipped,
    limits,
    add: (stage) => void stages.push(stage),
    skip: (stage, reason) => void skipped.push({ stage, reason }),
    limit(limit) {
      if (limit !== null) limits.push(limit);
      return limit;
    },
  };
}

async function measureStreams(
  blobs: readonly Blob[],
  onTar: OnTar,
  found: Found,
  options: BenchOptions,
): Promise<void> {
  const { maxSeconds } = options;
  options.begin('read, inflate, hash');
  const samples = await repeat(options, (attempt) =>
    streamOnce(blobs, options, attempt === 0 ? onTar : undefined),
  );
  options.begin('limits');
  const largest = largestOf(blobs.filter(({ isInput }) => isInput));
  const read = largest === null ? null : found.limit(fileReadLimit(largest.source, maxSeconds));
  found.add(
    stageOf(
      'read',
      samples.map((sample) => sample.read),
      read,
    ),
  );
  await runEventLoop(options.signal);
  const compressed = largestOf(blobs.filter(({ compression }) => compression !== null));
  const inflated = samples.flatMap(({ inflate }) => inflate ?? []);
  if (compressed === null) found.skip('inflate', 'nothing is compressed');
  else found.add(stageOf('inflate', inflated, found.limit(inflateLimit(compressed, maxSeconds))));
  await runEventLoop(options.signal);
  found.add(
    stageOf(
      'sha256',
      samples.map((sample) => sample.sha256),
      found.limit(sha256Limit(maxSeconds)),
    ),
  );
}

async function measureWalk(layers: readonly Blob[], found: Found, options: BenchOptions): Promise<void> {
  options.begin('walk');
  const raw = layers.filter(({ compression }) => compression === null);
  if (raw.length === 0) {
    found.skip(
      'walk',
      'compressed layers are inflated and parsed: no header can be reached without all before it',
    );
    return;
  }
  const walks = await repeat(options, () => walkOnce(raw, options));
  const limit = found.limit(sameReadsLimit(walks[0]?.reads ?? [], options.maxSeconds));
  found.add(
    stageOf(
      'walk',
      walks.map(({ sample }) => sample),
      limit,
    ),
  );
}

async function measureParse(
  headers: readonly HeaderSample[],
  found: Found,
  options: BenchOptions,
): Promise<void> {
  options.begin('parse');
  const samples = await repeat(options, () => parseOnce(headers));
  found.add(stageOf('parse', samples, found.limit(memoryCopyLimit(options.maxSeconds))));
}

async function measureExtract(
  { image, totals, folder }: Subject,
  found: Found,
  options: BenchOptions,
): Promise<void> {
  if (folder === null) return found.skip('extract', '--no-extract');
  if (image.layers.some(({ index }) => index === null))
    return found.skip('extract', 'the archive does not carry all layers');
  const lack = lacksRoom(totals, folder, roomAt(folder));
  if (lack !== null) return found.skip('extract', lack);
  options.begin('extract');
  const extractions = await repeat(options, (attempt) => extractOnce(image, folder, attempt, options));
  options.begin('limits');
  const limit = found.limit(sameFilesLimit(folder, meanBytes(extractions), options.maxSeconds));
  await runEventLoop(options.signal);
  found.add(
    stageOf(
      'extract',
      extractions.map(({ sample }) => sample),
      limit,
    ),
  );
  found.limit(writeLimit(folder, options.maxSeconds));
  await runEventLoop(options.signal);
  found.limit(writeFsyncLimit(folder));
}

function meanBytes([first]: readonly Extraction[]): number {
  return first === undefined || first.files === 0 ? 0 : Math.ceil((first.sample.bytes ?? 0) / first.files);
}

async function measureInspect(
  { compressedArchive, reopened }: Subject,
  layers: readonly Blob[],
  found: Found,
  options: BenchOptions,
): Promise<void> {
  const compressedBytes = layers
    .filter(({ compression }) => compression !== null)
    .reduce((sum, { source }) => sum + source.size, 0);
  // An archive that is compressed as a whole is read once, in one thread.
  const isThreaded = compressedArchive === null && compressedBytes >= WORTH_THREADS_BYTES;
  const cores = isThreaded ? availableParallelism() : 1;
  options.begin('inspect');
  const inspect = async (threads: number): Promise<void> => {
    const samples: Sample[] = await repeat(options, () => inspectOnce(reopened, threads, options));
    found.add(stageOf('inspect', samples, null, threads));
  };
  await inspect(cores);
  if (cores > 1) await inspect(1);
}

function largestOf(blobs: readonly Blob[]): Blob | null {
  return blobs.reduce<Blob | null>(
    (largest, blob) => (largest === null || blob.source.size > largest.source.size ? blob : largest),
    null,
  );
}
