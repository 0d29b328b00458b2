import { isLayersError } from '@layers/errors';
import { walkTar } from '@layers/tar';
import { memorySource } from '../io/memory-source.js';
import { InvalidToc } from './invalid-toc.js';
import { inflate, MAX_TOC_BYTES } from './read-toc.js';
import type { Toc, TocChunk, TocEntry } from './toc.js';

const BLOCK_BYTES = 512;

/** Returns where the last content of a layer starts in the blob; 0 for a layer without contents. */
export function lastContentStart(toc: Toc): number {
  return lastContent(toc)?.stored.start ?? 0;
}

/**
 * Whether the tar of eStargz ends before its TOC, so that the TOC is no file of the layer.
 *
 * @param stored the blob from `lastContentStart` to the TOC
 * @throws InvalidToc
 */
export function isTocHidden(toc: Toc, stored: Uint8Array): boolean {
  const last = lastContent(toc);
  const contentEnd = last === null ? 0 : last.stored.inner + last.chunk.size;
  const tar = inflate(stored, 'gzip', contentEnd + MAX_TOC_BYTES);
  const padding = last === null ? 0 : (BLOCK_BYTES - (last.entry.size % BLOCK_BYTES)) % BLOCK_BYTES;
  const rest = tar.subarray(contentEnd + padding);
  let end = 0;
  try {
    for (const { dataOffset, storedSize } of walkTar(memorySource(rest, 'the tar').open(), {
      ignoreGlobals: true,
    }))
      end = dataOffset + Math.ceil(storedSize / BLOCK_BYTES) * BLOCK_BYTES;
  } catch (error) {
    if (!isLayersError(error)) throw error;
    throw new InvalidToc(error.message);
  }
  return rest.length - end >= BLOCK_BYTES;
}

interface LastContent {
  readonly entry: TocEntry;
  readonly chunk: TocChunk;
  readonly stored: NonNullable<TocChunk['stored']>;
}

function lastContent({ entries }: Toc): LastContent | null {
  let last: LastContent | null = null;
  for (const entry of entries) {
    const chunk = entry.chunks.at(-1);
    if (chunk === undefined || chunk.stored === null) continue;
    const { stored } = chunk;
    const isLater =
      last === null ||
      stored.start > last.stored.start ||
      (stored.start === last.stored.start && stored.inner >= last.stored.inner);
    if (isLater) last = { entry, chunk, stored };
  }
  return last;
}

/** Returns a TOC with itself as the last entry. */
export function withDocument(toc: Toc): Toc {
  return toc.document === null ? toc : { ...toc, entries: [...toc.entries, toc.document] };
}
