import { createTarParser } from '@layers/tar';
import { cleanName } from './archive-reader.js';

/**
 * Reads an archive a second time and yields the bytes of one file: the `occurrence`-th of that name, counted from 1.
 * Views are valid until the next one.
 */
export async function* replayFile(
  archive: AsyncIterable<Uint8Array>,
  name: string,
  occurrence: number,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  let inside = false;
  let done = false;
  const pieces: Uint8Array[] = [];
  const parser = createTarParser({
    onEntry(entry) {
      if (entry.type !== 'file' || cleanName(Buffer.from(entry.path).toString('utf8')) !== name) return;
      seen++;
      inside = seen === occurrence;
    },
    onData: (bytes) => {
      if (inside) pieces.push(bytes);
    },
    onEntryEnd() {
      done ||= inside;
      inside = false;
    },
  });
  for await (const chunk of archive) {
    parser.write(chunk);
    yield* pieces.splice(0);
    if (done) return;
  }
}
