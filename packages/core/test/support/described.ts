import type { Scratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { expect } from 'vitest';
import { createFileArchiveReader } from '../../src/image/archive/file-archive-reader.ts';
import { createLayoutReader } from '../../src/image/archive/layout-reader.ts';
import { type Description, describeImages } from '../../src/image/describe/describe.ts';
import { openDirectory } from '../../src/io/directory.ts';
import { fileSource } from '../../src/io/file-source.ts';
import { streamedReader } from './archive-readers.ts';

/** Describes an archive of these files, after comparing the descriptions of a file and of a stream. */
export async function described(files: readonly EntrySpec[], scratch: Scratch): Promise<Description> {
  const bytes = buildTar(files);
  const fromFile = describeImages(createFileArchiveReader(fileSource(scratch.file(bytes))));
  // Documents may come after the files that they describe, or before.
  const turned = buildTar([...files].reverse());
  for (const archive of [bytes, turned]) {
    expect(describeImages(await streamedReader(archive, [777, 12_345]))).toEqual(fromFile);
  }
  return fromFile;
}

/** Describes a directory with these files. */
export function describedLayout(files: readonly EntrySpec[], scratch: Scratch): Description {
  return describeImages(createLayoutReader(openDirectory(scratch.layout(files))));
}

/** Returns the codes of all findings of the archive and its images. */
export function codesOf({ findings, images }: Description): string[] {
  return [...findings, ...images.flatMap((image) => image.findings)].map(({ code, place }) =>
    place?.layer === undefined ? code : `${code}@${place.layer}`,
  );
}
