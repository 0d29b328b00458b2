import {
  analyse,
  historyDocument,
  inspectDocument,
  listEntries,
  listHead,
  treeDocument,
  verifyArchive,
  wasteDocument,
} from '@layers/core/analysis';
import { type ArchiveInput, openArchive, type ReadOptions, readImage } from '@layers/core/image';
import { isLayersError, type LayersError } from '@layers/errors';
import { pieceSizes, pipeOf } from '@layers/testing/documents';
import { expect } from 'vitest';

/** The result for an archive: its documents without the source, or the code of an error. */
export type Answer = Record<string, unknown>;

// Control characters, and characters that reverse or hide text.
const UNCLEAN =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/;

/** Returns the code of a `LayersError` whose message is escaped. Throws every other error. */
export function codeOf(error: unknown): string {
  if (!isLayersError(error)) throw error;
  expectClean(error);
  return error.code;
}

export function expectClean({ message, hint }: Pick<LayersError, 'message' | 'hint'>): void {
  expect(message).not.toMatch(UNCLEAN);
  expect(message.length).toBeLessThan(2000);
  expect(hint ?? '').not.toMatch(UNCLEAN);
}

async function attempt<T>(work: () => T | Promise<T>): Promise<T | { error: string }> {
  try {
    return await work();
  } catch (error) {
    return { error: codeOf(error) };
  }
}

function withoutSource<T extends { readonly source: unknown }>({ source: _, ...rest }: T): Omit<T, 'source'> {
  return rest;
}

/** Returns the documents of every image, without `verify`. */
export async function documentsOf(input: ArchiveInput, options: ReadOptions = {}): Promise<Answer> {
  return attempt(async () => {
    const archive = await openArchive(input, { threads: 0, ...options });
    const images: Answer[] = [];
    for (const description of archive.images) {
      images.push(
        await attempt(async () => {
          const image = await readImage(archive, description, { threads: 0, ...options });
          const history = withoutSource(historyDocument(image));
          const analysed = await attempt(async () => {
            const analysis = analyse(image);
            return {
              inspect: withoutSource(inspectDocument(analysis, { top: 10 })),
              waste: withoutSource(wasteDocument(analysis)),
              list: withoutSource(listHead(analysis, {})),
              entries: [...(await listEntries(analysis, { recursive: true }))],
              tree: withoutSource(await treeDocument(analysis)),
            };
          });
          for (const { message } of history.findings) expectClean({ message, hint: undefined });
          return { history, ...analysed };
        }),
      );
    }
    const { format, variant } = archive.source;
    return { format, variant, choices: archive.choices, images };
  });
}

export async function verifiedOf(input: ArchiveInput, query: { image?: string } = {}): Promise<Answer> {
  return attempt(async () => {
    const document = withoutSource(await verifyArchive(input, query, { threads: 0 }));
    for (const { message } of [...document.checks, ...document.findings]) {
      expectClean({ message: message ?? '', hint: undefined });
    }
    return document;
  });
}

/** Returns the documents of the first image, with `verify`. */
export async function answerOf(make: () => ArchiveInput): Promise<{ documents: Answer; verified: Answer }> {
  return { documents: await documentsOf(make()), verified: await verifiedOf(make(), { image: '#1' }) };
}

/** Yields the bytes of an archive like a pipe, in chunks whose sizes depend on the seed. */
export function pipe(bytes: Uint8Array, seed: number): ArchiveInput {
  return { path: '-', stream: pipeOf(bytes, pieceSizes(seed, 4000)) };
}
