import type { LoadedImageFields } from '../documents/load.js';
import { escapeForTerminal } from '../output/escape.js';

/** Renders what docker load prints: a line for each tag, and one for each image that lost its tag. */
export function* renderLoad({
  images,
}: {
  readonly images: readonly LoadedImageFields[];
}): Generator<string> {
  const printed = new Set<string>();
  for (const line of images.flatMap(linesOf)) {
    // Images for several platforms have one name.
    if (printed.has(line)) continue;
    printed.add(line);
    yield `${escapeForTerminal(line)}\n`;
  }
}

function linesOf({ id, tags, displaced }: LoadedImageFields): string[] {
  const renamed = displaced.map(
    (old) =>
      `The image ${old.ref} already exists, renaming the old one with ID ${old.id ?? old.manifestDigest} to empty string`,
  );
  const named = tags.map((tag) => `Loaded image: ${tag}`);
  return [...renamed, ...(named.length === 0 ? [`Loaded image ID: ${id}`] : named)];
}
