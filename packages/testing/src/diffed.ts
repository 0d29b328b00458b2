import type { DiffDocument, FileChange } from '@layers/core/diff';
import { compareImages, type DiffOptions, dockerDiff } from '@layers/core/diff';
import type { ReadImage } from '@layers/core/image';
import {
  type ArchiveInput,
  type ImageQuery,
  openArchive,
  type ReadOptions,
  readPair,
  selectImage,
} from '@layers/core/image';
import { type ArchiveOptions, buildDockerArchive, type ImageSpec } from './archive-builder.ts';
import type { Scratch } from './scratch.ts';
import { buildTar, type EntrySpec } from './tar-builder.ts';

export type Layers = readonly (readonly EntrySpec[])[];

/** Returns the entry of a regular file. */
export const file = (path: string, text: string, rest: Partial<EntrySpec> = {}): EntrySpec => ({
  path,
  data: Buffer.from(text),
  ...rest,
});

export interface PairOptions extends ReadOptions {
  readonly a?: ArchiveOptions & Partial<ImageSpec>;
  readonly b?: ArchiveOptions & Partial<ImageSpec>;
}

/** Reads two images of these layers together, from files. */
export async function pairOf(
  scratch: Scratch,
  a: Layers,
  b: Layers,
  options: PairOptions = {},
): Promise<readonly [ReadImage, ReadImage]> {
  const input = (layers: Layers, { form, compression, ...spec }: ArchiveOptions & Partial<ImageSpec>) => ({
    path: scratch.file(
      buildDockerArchive(
        { images: [{ tags: ['app:1'], layers: layers.map(buildTar), ...spec }] },
        { form, compression: compression ?? null },
      ),
    ),
  });
  const { a: shapeA = { form: 'legacy' }, b: shapeB = { form: 'legacy' }, ...rest } = options;
  return readBoth(input(a, shapeA), input(b, shapeB), rest);
}

export async function readBoth(
  a: ArchiveInput,
  b: ArchiveInput,
  options: ReadOptions = {},
  query: ImageQuery = {},
): Promise<readonly [ReadImage, ReadImage]> {
  const open = async (input: ArchiveInput) => {
    const archive = await openArchive(input, { threads: 0, ...options });
    return { archive, image: selectImage(archive, query) };
  };
  return readPair(await open(a), await open(b), { threads: 0, ...options });
}

/** Compares two images of these layers, and lists the changed files. */
export async function diffOf(
  scratch: Scratch,
  a: Layers,
  b: Layers,
  options: DiffOptions = {},
  shapes: PairOptions = {},
): Promise<DiffDocument & { readonly list: readonly FileChange[] }> {
  const document = await compareImages(...(await pairOf(scratch, a, b, shapes)), options);
  return { ...document, list: [...(document.files ?? [])] };
}

/** Returns lines such as `A /path`. */
export async function dockerLinesOf(
  scratch: Scratch,
  a: Layers,
  b: Layers,
  filter: Pick<DiffOptions, 'include' | 'exclude'> = {},
): Promise<string[]> {
  const { changes } = await dockerDiff(...(await pairOf(scratch, a, b)), filter);
  return [...changes].map(({ kind, path }) => `${kind} ${path}`);
}

/** Returns a line for each changed path, such as `~ /etc/passwd content size`. */
export function inWords(list: readonly FileChange[]): string[] {
  const sign = { added: '+', removed: '-', changed: '~', renamed: '>' } as const;
  return list.map(({ change, path, from, entries, fields }) =>
    [
      sign[change],
      ...(from === undefined ? [] : [from]),
      path,
      ...(entries === undefined ? [] : [`(${entries})`]),
      ...(fields ?? []),
    ].join(' '),
  );
}
