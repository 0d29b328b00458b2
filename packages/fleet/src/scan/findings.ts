import type { SourceState } from '../folder/state.js';
import type { Cell, Columns } from '../schema/rows.js';

/** Returns the rows of `tags`. */
export function tagColumns(sources: readonly SourceState[]): Columns {
  const columns: Cell[][] = [[], [], [], [], []];
  for (const { source, images } of sources) {
    for (const { image, position, tags } of images) {
      for (const tag of tags.length === 0 ? [null] : tags) {
        const row = [image, clean(tag), clean(repositoryOf(tag)), clean(source), position];
        row.forEach((cell, i) => void columns[i]?.push(cell));
      }
    }
  }
  return columns;
}

/** Returns a tag without what follows the last colon, unless that is the port of a host. */
function repositoryOf(tag: string | null): string | null {
  const colon = tag?.lastIndexOf(':') ?? -1;
  return tag === null || colon <= tag.lastIndexOf('/') ? tag : tag.slice(0, colon);
}

/** Returns the rows of `problems`. */
export function problemColumns(sources: readonly SourceState[]): Columns {
  const rows = sources.flatMap(({ source, problems }) =>
    problems.map(({ position, code, message }) => ({
      source: clean(source),
      position,
      code,
      message: clean(message),
    })),
  );
  return [
    rows.map(({ source }) => source),
    rows.map(({ position }) => position),
    rows.map(({ code }) => code),
    rows.map(({ message }) => message),
  ];
}

/** DuckDB ends texts at a zero byte. */
export function clean(text: string | null): string | null {
  return text?.replaceAll('\0', '\ufffd') ?? null;
}
