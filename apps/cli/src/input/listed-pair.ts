import type { Digest } from '@layers/core/digest';
import type { LayerBytes } from '@layers/core/image';
import type { Inputs, Opened } from './inputs.js';
import { noteDeclared } from './lazy-input.js';
import type { Input, StreamSource } from './open-input.js';
import { asStreamed } from './spool-input.js';

type Describe = NonNullable<StreamSource['describe']>;

/**
 * Opens two images of registries by the tables of contents of their layers; null where one of them has a layer without. Then both
 * are read: contents can only be compared if their digests are known in the same way. Throws as `openListed`.
 */
export async function openListedPair(
  inputA: Input,
  inputB: Input,
  inputs: Inputs,
): Promise<{ readonly a: Opened; readonly b: Opened } | null> {
  const [describeA, describeB] = [describeOf(inputA), describeOf(inputB)];
  if (describeA === null || describeB === null) return null;
  const { isListed, openListed } = await import('@layers/registry/lazy');
  const [{ graph: graphA }, { graph: graphB }] = [await describeA(), await describeB()];
  if (!isListed(graphA) || !isListed(graphB)) return null;
  const { options, endProgress } = inputs.start(inputA);
  const known = new Map<Digest, LayerBytes>();
  const open = async (input: Input, graph: typeof graphA): Promise<Opened | null> => {
    const { path } = input.source;
    const archive = await openListed(graph, { path, cache: inputs.cache, limits: options.limits, known });
    if (archive === null) return null;
    return { archive: asStreamed(archive, { path, format: 'registry' }), input, options, endProgress };
  };
  const a = await open(inputA, graphA);
  const b = a === null ? null : await open(inputB, graphB);
  if (a === null || b === null) return null;
  if (!inputs.isQuiet) noteDeclared([a.archive, b.archive], inputs.session);
  return { a, b };
}

function describeOf({ source }: Input): Describe | null {
  return 'describe' in source && source.describe !== undefined ? source.describe : null;
}
