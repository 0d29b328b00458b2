import { join } from 'node:path';
import type { ImageQuery } from '@layers/core/image';
import { analysed } from '@layers/testing/analysed';
import { type ArchiveOptions, buildDockerArchive } from '@layers/testing/archive-builder';
import type { Scratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { type ExtractOptions, extractTree } from '../../../src/extract/extract-tree.ts';
import type { ExtractReport } from '../../../src/extract/report.ts';
import { planTree } from '../../../src/plan/plan-tree.ts';

export interface Extracted {
  readonly directory: string;
  readonly report: ExtractReport;
}

export type Layers = readonly (readonly EntrySpec[])[];

export interface Setup extends ExtractOptions, Partial<ArchiveOptions> {
  /** Default: a new path. */
  readonly directory?: string;
}

// Other users cannot set owners: the report would list each file.
const isRoot = process.geteuid?.() === 0;
let paths = 0;

/** Returns a path that does not exist. */
export const newPath = (scratch: Scratch): string => join(scratch.folder, `tree-${paths++}`);

/** Extracts an image with these layers. */
export async function extracted(scratch: Scratch, layers: Layers, setup: Setup = {}): Promise<Extracted> {
  const { form = 'hybrid', compression = null, directory = newPath(scratch), ...rest } = setup;
  const options = isRoot ? rest : { sameOwner: false, ...rest };
  const image = { tags: ['a:1'], layers: layers.map(buildTar) };
  const archive = scratch.file(buildDockerArchive({ images: [image] }, { form, compression }));
  return { directory, report: await extractArchive(archive, directory, options) };
}

export async function extractArchive(
  path: string,
  directory: string,
  { image: query, ...options }: ExtractOptions & ImageQuery = {},
): Promise<ExtractReport> {
  const { image, union } = await analysed({ path }, query === undefined ? {} : { image: query });
  return extractTree(image, union, planTree(union), directory, options);
}

/** Returns how many items of each kind could not be extracted. */
export const notDoneCounts = (report: ExtractReport): Record<string, number> =>
  Object.fromEntries(report.notDoneCounts);
