import type { Scratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { expect } from 'vitest';
import { createFileArchiveReader } from '../../src/image/archive/file-archive-reader.ts';
import { createLayoutReader } from '../../src/image/archive/layout-reader.ts';
import { type Description, describeImages } from '../../src/image/describe/describe.ts';
import { streamedReader } from './archive-readers.ts';

/** What an archive of these files says of itself: the same whether it is sought through or streams by. */
export async function described(files: readonly EntrySpec[], scratch: Scratch): Promise<Description> {
  const bytes = buildTar(files);
  const fromFile = describeImages(createFileArchiveReader(scratch.file(bytes)));
  // Documents may come after what they explain, or before.
  const turned = buildTar([...files].reverse());
  for (const archive of [bytes, turned]) {
    expect(describeImages(await streamedReader(archive, [777, 12_345]))).toEqual(fromFile);
  }
  return fromFile;
}

/** The same of a folder with these files as files. */
export function describedLayout(files: readonly EntrySpec[], scratch: Scratch): Description {
  return describeImages(createLayoutReader(scratch.layout(files)));
}

/** The codes of all findings, those of the archive and of its images. */
export function codesOf({ findings, images }: Description): string[] {
  return [...findings, ...images.flatMap((image) => image.findings)].map(({ code, place }) =>
    place?.layer === undefined ? code : `${code}@${place.layer}`,
  );
}
