import type { ImportDocument } from '../documents/import.js';

/** Renders the id of the image, as docker import prints it. */
export function* renderImport({ image }: ImportDocument): Generator<string> {
  yield `${image.id}\n`;
}
