import { imageInfo, jsonText, SCHEMA_VERSION } from '@layers/core/analysis';
import { withAtomicFile, Yielder } from '@layers/core/io';
import type { Explorer } from '@layers/explorer';
import { usageError } from '../command-error.js';
import type { ExploreDocument } from '../documents/explore.js';
import type { Session } from '../session.js';
import { outputPath, refuseEarly } from '../write/check-output.js';
import { type Explored, sideOf } from './sides.js';

/** The file to which what is seen is written. */
export interface Exports {
  readonly export?: string;
  /** Whether an existing file is replaced. */
  readonly force?: boolean;
}

/** Returns what is seen as a document; of two images, about the one whose layer is selected, else B. Its rows are made while it is written. */
export function exploreDocument(explored: Explored, { panes, top }: Explorer): ExploreDocument {
  const { archive, description } = sideOf(explored, panes.layers.layer).image;
  return {
    schemaVersion: SCHEMA_VERSION,
    source: archive.source,
    image: imageInfo(description),
    ...top.seen(),
    findings: explored.findings,
  };
}

/**
 * Writes a document to a file.
 *
 * @throws LayersError ERR_LAYERS_OUTPUT_EXISTS, ERR_LAYERS_WRITE_OUTPUT
 */
export async function writeExport(
  path: string,
  document: ExploreDocument,
  { force, signal }: { readonly force: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const yielder = new Yielder({ bytes: 1024 * 1024, signal });
  await withAtomicFile(path, { force, signal }, async (file) => {
    for (const piece of jsonText(document)) {
      const bytes = Buffer.from(piece);
      await file.write(bytes);
      if (yielder.count(bytes.length)) await yielder.pause();
    }
  });
}

/** Throws ERR_LAYERS_USAGE or ERR_LAYERS_OUTPUT_EXISTS for a file that cannot be written to later. */
export function checkExport(path: string | undefined, force: boolean, session: Session): void {
  if (path === undefined) return;
  if (outputPath(path) === '-')
    throw usageError('what is seen cannot be written to standard output', 'name a file: --export seen.json');
  refuseEarly({ path, format: 'tar' }, force, session);
}
