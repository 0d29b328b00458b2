import { gzipSync } from 'node:zlib';
import { type Analysis, analyse } from '@layers/core/analysis';
import {
  type ArchiveInput,
  type ImageQuery,
  openArchive,
  type ReadImage,
  type ReadImageOptions,
  type ReadOptions,
  readImage,
  selectImage,
} from '@layers/core/image';
import { memorySource } from '@layers/core/io';
import { pipe } from './documents.ts';
import { served } from './every-way.ts';
import type { Scratch } from './scratch.ts';

/** Reads an image of an archive in this thread. */
export async function readOne(
  input: ArchiveInput,
  options: ReadImageOptions & ImageQuery = {},
): Promise<ReadImage> {
  const archive = await openArchive(input, { threads: 0, ...options });
  return readImage(archive, selectImage(archive, options), { threads: 0, ...options });
}

export async function analysed(
  input: ArchiveInput,
  options: ReadOptions & ImageQuery = {},
): Promise<Analysis> {
  return analyse(await readOne(input, options));
}

/** The forms of input, from random access to a single pass. */
export const INPUTS: readonly (readonly [
  way: string,
  input: (bytes: Uint8Array, scratch: Scratch) => ArchiveInput,
])[] = [
  ['a file', (bytes, scratch) => ({ path: scratch.file(bytes) })],
  ['a gzip-ed file', (bytes, scratch) => ({ path: scratch.file(gzipSync(bytes)) })],
  ['memory', (bytes) => ({ source: memorySource(bytes), path: 'memory' })],
  ['a server', (bytes) => ({ source: served(bytes), path: 'a server' })],
  ['a pipe', (bytes) => pipe(bytes, [1000, 77, 4096])],
];
