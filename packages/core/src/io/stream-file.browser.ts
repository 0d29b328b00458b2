import { noPaths } from './no-paths.js';

// biome-ignore lint/correctness/useYield: the error comes with the first chunk, as that of a missing file
export async function* streamFile(path: string): AsyncGenerator<Uint8Array> {
  throw noPaths(path);
}
