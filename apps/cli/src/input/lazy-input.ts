import type { Archive, LayerCache, ReadOptions } from '@layers/core/image';
import type { Feedback } from '../output/progress.js';
import type { StreamSource } from './open-input.js';
import type { Resources } from './resources.js';
import { asStreamed } from './spool-input.js';

type Describe = NonNullable<StreamSource['describe']>;

/** How an image of a registry is read whose layers need not be read as a whole. */
interface LazyReading extends Feedback {
  readonly options: ReadOptions;
  readonly cache: LayerCache | undefined;
  /** Whether contents are read after the layers. */
  readonly contents: boolean;
}

/**
 * Opens an image of a registry, and reads those of its layers whose files are not known otherwise. Prints a note on standard
 * error where files are only declared. Throws as `openLazily`.
 */
export async function openLazyInput(
  source: StreamSource & { readonly describe: Describe },
  { options, cache, contents, quiet }: LazyReading,
  { session }: Resources,
): Promise<Archive> {
  const { openLazily } = await import('@layers/registry/lazy');
  const { graph } = await source.describe();
  const { signal, onProgress, limits } = options;
  const archive = await openLazily(graph, { path: source.path, cache, contents, signal, onProgress, limits });
  if (quiet !== true) noteDeclared([archive], session);
  return asStreamed(archive, source);
}

/** Says on standard error that files are only declared. */
export function noteDeclared(
  archives: readonly Pick<Archive, 'findings'>[],
  { stderr }: Pick<Resources['session'], 'stderr'>,
): void {
  const digests = archives.flatMap(({ findings }) =>
    findings.flatMap(({ code, place }) => (code === 'toc-declared' ? [place?.digest] : [])),
  );
  const declared = new Set(digests).size;
  if (declared === 0) return;
  const layers = declared === 1 ? 'a layer' : `${declared} layers`;
  stderr.write(
    `note: the files of ${layers} are those that a table of contents declares; --no-cache reads whole layers\n`,
  );
}
