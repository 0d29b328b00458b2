import type { ImportDocument } from '../documents/import.js';

/** The image's id, as docker import prints it. */
export function* renderImport({ image }: ImportDocument): Generator<string> {
  yield `${image.id}\n`;
}
