import { LayersError } from '@layers/errors';
import { FLEET_SCHEMA_VERSION } from '../schema/tables.js';

/** What `fleet.json` says: which files of the folder count, and what the last scan found where. */
export interface FleetState {
  readonly schemaVersion: typeof FLEET_SCHEMA_VERSION;
  /** Numbers of the files of all tables of facts, ascending. */
  readonly parts: readonly number[];
  /** Those of them that have files of `chunked` and `chunks`. */
  readonly chunkParts: readonly number[];
  /** Number of the files of `tags` and `problems`, which each commit writes anew; null before the first. */
  readonly findings: number | null;
  /** Whether the last scan went through all of its sources. */
  readonly complete: boolean;
  /** The share of all images that the last scan took; null for all of them. */
  readonly shard: Shard | null;
  readonly sources: readonly SourceState[];
}

/** One of several equal shares of the images of the same sources. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** What the last scan found in a source. */
export interface SourceState {
  /** As the tables name it. */
  readonly source: string;
  /** The state of the file: a source that has the same is not opened again. Null where that is not known. */
  readonly identity: string | null;
  /** When a worker of a queue read it, in milliseconds since 1970: of several workers, the last one is right. */
  readonly readAt: number | null;
  readonly images: readonly FoundImage[];
  readonly problems: readonly FoundProblem[];
}

/** An image in a source. */
export interface FoundImage {
  readonly image: number;
  readonly position: number;
  readonly tags: readonly string[];
}

/** Something that cannot be read. */
export interface FoundProblem {
  readonly position: number | null;
  readonly code: string;
  readonly message: string;
}

export const EMPTY_STATE: FleetState = {
  schemaVersion: FLEET_SCHEMA_VERSION,
  parts: [],
  chunkParts: [],
  findings: null,
  complete: true,
  shard: null,
  sources: [],
};

export function encodeState(state: FleetState): string {
  return `${JSON.stringify(state)}\n`;
}

/**
 * Parses `fleet.json`.
 *
 * @param path for errors
 * @throws LayersError ERR_LAYERS_READ for another version, and for what is not the state of a fleet
 */
export function decodeState(text: string, path: string): FleetState {
  const value = parsed(text, path);
  const { schemaVersion, parts, chunkParts = [], findings, complete, shard, sources } = fieldsOf(value);
  if (schemaVersion !== FLEET_SCHEMA_VERSION) {
    throw new LayersError('ERR_LAYERS_READ', `${path} has version ${String(schemaVersion)} of the tables`, {
      archive: path,
      hint: `this version reads version ${FLEET_SCHEMA_VERSION}: scan into another folder`,
    });
  }
  if (!isNumbers(parts) || !(findings === null || isNumber(findings)) || !Array.isArray(sources))
    throw malformed(path);
  if (!isNumbers(chunkParts) || chunkParts.some((part) => !parts.includes(part))) throw malformed(path);
  return {
    schemaVersion,
    parts,
    chunkParts,
    findings,
    complete: complete === true,
    shard: shard === null || shard === undefined ? null : shardOf(shard, path),
    sources: sources.map((source: unknown) => sourceOf(source, path)),
  };
}

function shardOf(value: unknown, path: string): Shard {
  const { index, count } = fieldsOf(value);
  if (!isNumber(index) || !isNumber(count) || index < 1 || index > count) throw malformed(path);
  return { index, count };
}

function sourceOf(value: unknown, path: string): SourceState {
  const { source, identity, readAt, images, problems } = fieldsOf(value);
  if (typeof source !== 'string' || !Array.isArray(images) || !Array.isArray(problems)) throw malformed(path);
  return {
    source,
    identity: typeof identity === 'string' ? identity : null,
    readAt: isNumber(readAt) ? readAt : null,
    images: images.map((each: unknown) => {
      const { image, position, tags } = fieldsOf(each);
      if (!isNumber(image) || !isNumber(position) || !Array.isArray(tags)) throw malformed(path);
      return { image, position, tags: tags.filter((tag: unknown) => typeof tag === 'string') };
    }),
    problems: problems.map((each: unknown) => {
      const { position, code, message } = fieldsOf(each);
      if (typeof code !== 'string' || typeof message !== 'string') throw malformed(path);
      return { position: isNumber(position) ? position : null, code, message };
    }),
  };
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(path);
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isNumber);
}

function malformed(path: string): LayersError {
  return new LayersError('ERR_LAYERS_READ', `${path} is not the state of a fleet`, {
    archive: path,
    hint: 'name a folder that a scan wrote',
  });
}
