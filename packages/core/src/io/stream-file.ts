import { createReadStream } from 'node:fs';
import { readError } from './system-errors.js';

const CHUNK_BYTES = 256 * 1024;

/** Reads a file, pipe or device from start to end. Throws ERR_LAYERS_READ. */
export async function* streamFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      if (chunk instanceof Uint8Array) yield chunk;
    }
  } catch (cause) {
    throw readError(path, cause);
  }
}
