import type { Archive, ReadOptions } from '@layers/core/image';
import type { KnownLayers } from '@layers/registry/lazy';
import { noteDeclared } from './lazy-input.js';
import type { ImageChoice, Input, StreamSource } from './open-input.js';
import type { InputOpener, Opened, Reading } from './reading.js';
import { asStreamed } from './spool-input.js';

type Describe = NonNullable<StreamSource['describe']>;
type Graph = Awaited<ReturnType<Describe>>['graph'];

/**
 * Opens an image of a registry whose contents are compared with each other: by the tables of contents of its layers if all have
 * one. Else reads layers that the cache does not know. Throws as `openListed` and `openLazily`.
 */
export async function openComparedInput(
  input: Input,
  describe: Describe,
  reading: Reading,
  inputs: InputOpener,
): Promise<Opened> {
  const opener = new ComparedOpener(input, reading, inputs);
  const { graph } = await describe();
  const listed = await opener.listed(input, graph);
  const opened = listed ?? (await opener.read(input, graph, undefined));
  if (!inputs.isQuiet) noteDeclared([opened.archive], inputs.session);
  return opened;
}

/**
 * Opens an image of a registry without reading a layer, for work that compares and reads contents; null where a layer must be
 * read. Throws as `openListed` and `openLazily`.
 */
export async function openKnownInput(
  input: Input,
  graph: Graph,
  inputs: InputOpener,
): Promise<Opened | null> {
  const opener = new ComparedOpener(input, { contents: true }, inputs);
  return (await opener.listed(input, graph)) ?? (await opener.kept(input, graph));
}

/** An image to compare, and how it is chosen. */
export interface ComparedInput {
  readonly input: Input;
  readonly choice: ImageChoice;
}

/**
 * Opens two images of which at least one is of a registry; null where none is. If one is known by the tables of contents of its
 * layers, the contents of the other are hashed as those tables have them. Throws as `openListed`, `openLazily` and `InputOpener.open`.
 */
export async function openComparedPair(
  a: ComparedInput,
  b: ComparedInput,
  reading: Reading,
  inputs: InputOpener,
): Promise<{ readonly a: Opened; readonly b: Opened } | null> {
  const [describeA, describeB] = [describeOf(a.input), describeOf(b.input)];
  if (describeA === null && describeB === null) return null;
  const graphs = [(await describeA?.())?.graph ?? null, (await describeB?.())?.graph ?? null] as const;
  const [graphA, graphB] = graphs;
  const opener = new ComparedOpener(describeA === null ? b.input : a.input, reading, inputs);
  const listedA = graphA === null ? null : await opener.listed(a.input, graphA);
  const listedB = graphB === null ? null : await opener.listed(b.input, graphB);
  const key = (listedA ?? listedB)?.archive.fingerprintKey;
  const open = async ({ input, choice }: ComparedInput, graph: Graph | null, other: Graph | null) => {
    if (graph !== null) return opener.read(input, graph, key, other);
    const opened = await inputs.open(input, choice, { ...reading, fingerprintKey: key });
    opened.endProgress();
    return opened;
  };
  const openedA = listedA ?? (await open(a, graphA, graphB));
  const openedB = listedB ?? (await open(b, graphB, graphA));
  if (!inputs.isQuiet) noteDeclared([openedA.archive, openedB.archive], inputs.session);
  return { a: openedA, b: openedB };
}

/** Opens images of registries that are compared. */
class ComparedOpener {
  readonly #inputs: InputOpener;
  readonly #reading: Reading;
  readonly #options: ReadOptions;
  readonly #endProgress: () => void;
  readonly #known: KnownLayers = new Map();

  constructor(shown: Input, reading: Reading, inputs: InputOpener) {
    const { options, endProgress } = inputs.start(shown);
    this.#inputs = inputs;
    this.#reading = reading;
    this.#options = options;
    this.#endProgress = endProgress;
  }

  /** Opens an image by tables of contents; null where not all of its layers have a suitable one. */
  async listed(input: Input, graph: Graph): Promise<Opened | null> {
    const { openListed } = await import('@layers/registry/lazy');
    const { path } = input.source;
    const { limits } = this.#options;
    const archive = await openListed(graph, { path, cache: this.#inputs.cache, limits, known: this.#known });
    return archive === null ? null : this.#opened(input, archive, {});
  }

  /**
   * Opens an image, and reads layers.
   *
   * @param fingerprintKey that of an image that is known by tables of contents
   */
  async read(
    input: Input,
    graph: Graph,
    fingerprintKey: Archive['fingerprintKey'] | undefined,
    other: Graph | null = null,
  ): Promise<Opened> {
    const { openLazily } = await import('@layers/registry/lazy');
    const { cache } = this.#inputs;
    const ofOther = new Set(layersOf(other));
    const shared =
      fingerprintKey === undefined ? layersOf(graph).filter((digest) => ofOther.has(digest)) : [];
    const archive = await openLazily(graph, {
      ...this.#options,
      path: input.source.path,
      cache,
      contents: this.#reading.contents,
      comparing: { shared: new Set(shared), known: this.#known, fingerprintKey },
    });
    return this.#opened(input, archive, fingerprintKey === undefined ? { cache } : {});
  }

  /** Opens an image of which the cache knows all layers; null for any other. */
  async kept(input: Input, graph: Graph): Promise<Opened | null> {
    const { openLazily } = await import('@layers/registry/lazy');
    const { path } = input.source;
    const { cache } = this.#inputs;
    const comparing = { shared: new Set<never>(), known: this.#known };
    const archive = await openLazily(graph, { path, cache, contents: true, comparing, streams: false });
    return archive === null ? null : this.#opened(input, archive, { cache });
  }

  #opened(input: Input, archive: Archive, { cache }: Pick<ReadOptions, 'cache'>): Opened {
    const { path } = input.source;
    return {
      archive: asStreamed(archive, { path, format: 'registry' }),
      input,
      options: { ...this.#options, cache, accessPoints: this.#reading.files },
      endProgress: this.#endProgress,
    };
  }
}

function layersOf(graph: Graph | null) {
  return graph?.manifests.flatMap(({ document }) => document.layers.map(({ digest }) => digest)) ?? [];
}

function describeOf({ source }: Input): Describe | null {
  return 'describe' in source && source.describe !== undefined ? source.describe : null;
}
