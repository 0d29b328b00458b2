import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blobName } from '@layers/core/image';
import { withAtomicFile, writing } from '@layers/core/io';
import type { GeneratedLayer, NewImage, WrittenImage } from '../image/new-image.js';
import { archiveDocuments } from './archive-documents.js';
import { type CopyContext, copyLayer } from './copy-layer.js';
import { knownFacts, type LayerFacts, uniqueLayers } from './layer-facts.js';

/** The file that marks an OCI layout, and its index, which is written last (OCI image-layout.md). */
export const LAYOUT_MARKER = 'oci-layout';
export const LAYOUT_INDEX = 'index.json';

/** Writes an OCI layout into an empty directory: blobs first, each renamed to its digest once complete, `index.json` last. */
export async function writeLayout(
  images: readonly NewImage[],
  directory: string,
  context: CopyContext,
): Promise<readonly WrittenImage[]> {
  const facts = new Map<GeneratedLayer, LayerFacts>();
  // The specification requires the directory even if it is empty.
  writing(directory, () => mkdirSync(join(directory, 'blobs', 'sha256'), { recursive: true }));
  const partial = join(directory, 'blobs', 'partial');
  for (const layer of uniqueLayers(images)) {
    const fact = await withAtomicFile(partial, { force: false }, (file) =>
      copyLayer(layer, file.write, context),
    );
    if (layer.kind === 'generated') facts.set(layer, fact);
    const path = join(directory, blobName(fact.digest));
    writing(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      if (existsSync(path)) rmSync(partial);
      else renameSync(partial, path);
    });
  }
  const composed = archiveDocuments(images, 'oci-dir', knownFacts(facts));
  const isIndex = ({ name }: { name: string }): boolean => name === LAYOUT_INDEX;
  for (const { name, bytes } of [
    ...composed.documents.filter((document) => !isIndex(document)),
    ...composed.documents.filter(isIndex),
  ]) {
    const path = join(directory, name);
    writing(path, () => mkdirSync(dirname(path), { recursive: true }));
    await withAtomicFile(path, { force: true }, (file) => file.write(bytes));
  }
  return composed.images;
}
