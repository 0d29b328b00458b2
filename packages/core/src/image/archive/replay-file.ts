import { createTarParser } from '@layers/tar';
import { cleanName } from './archive-reader.js';

/** A file of an archive. */
export interface FileOccurrence {
  readonly name: string;
  /** Its position among the files of this name, counted from 1. */
  readonly occurrence: number;
}

/** A file of an archive that is read a second time. */
export interface ReplayedFile extends FileOccurrence {
  /** Views are valid until the next one. What is not read is skipped. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Of the bytes at hand: the start of a file, a part of it, or its end. */
type Event = FileOccurrence | Uint8Array | null;

/**
 * Reads an archive a second time, and yields wanted files in the order in which they are stored. Each must be read before the
 * next is asked for. Stops reading after the last one.
 */
export async function* replayFiles(
  archive: AsyncIterable<Uint8Array>,
  wanted: readonly FileOccurrence[],
): AsyncGenerator<ReplayedFile> {
  const events: Event[] = [];
  const occurrences = new Map<string, Set<number>>();
  for (const { name, occurrence } of wanted)
    occurrences.set(name, (occurrences.get(name) ?? new Set<number>()).add(occurrence));
  const seen = new Map<string, number>();
  let left = [...occurrences.values()].reduce((sum, { size }) => sum + size, 0);
  let inside = false;
  const parser = createTarParser({
    onEntry(entry) {
      if (entry.type !== 'file') return;
      const name = cleanName(Buffer.from(entry.path).toString('utf8'));
      const ofName = name === null ? undefined : occurrences.get(name);
      if (name === null || ofName === undefined) return;
      const occurrence = (seen.get(name) ?? 0) + 1;
      seen.set(name, occurrence);
      inside = ofName.has(occurrence);
      if (inside) events.push({ name, occurrence });
    },
    onData: (bytes) => {
      if (inside) events.push(bytes);
    },
    onEntryEnd() {
      if (inside) events.push(null);
      inside = false;
    },
  });
  const bytes = archive[Symbol.asyncIterator]();
  /** Returns the next event; undefined at the end of the archive. */
  const next = async (): Promise<Event | undefined> => {
    while (events.length === 0) {
      const { value, done } = await bytes.next();
      if (done === true) return undefined;
      parser.write(value);
    }
    return events.shift();
  };
  async function* rest(): AsyncGenerator<Uint8Array> {
    for (let event = await next(); event instanceof Uint8Array; event = await next()) yield event;
  }
  try {
    while (left > 0) {
      const event = await next();
      if (event === undefined) return;
      if (event === null || event instanceof Uint8Array) continue;
      left--;
      yield { ...event, chunks: rest() };
    }
  } finally {
    await bytes.return?.();
  }
}

/**
 * Reads an archive a second time and yields the bytes of one file: the `occurrence`-th of that name, counted from 1.
 * Views are valid until the next one.
 */
export async function* replayFile(
  archive: AsyncIterable<Uint8Array>,
  name: string,
  occurrence: number,
): AsyncGenerator<Uint8Array> {
  for await (const { chunks } of replayFiles(archive, [{ name, occurrence }])) yield* chunks;
}
