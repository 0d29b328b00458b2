import type { Digest } from '@layers/core/digest';
import { LayersError } from '@layers/errors';
import type { Repository } from '../client/repository.js';
import { copyGraph } from './copy-graph.js';
import { fetchGraph } from './image-graph.js';
import type { PushOptions } from './push-images.js';

/** The most referrers that one call copies: each can have referrers of its own. */
const MAX_REFERRERS = 1000;

/** Tags that cosign gives what it says about a manifest, in registries without a list of referrers. */
const COSIGN_SUFFIXES = ['sig', 'att', 'sbom'] as const;

/**
 * Copies what refers to manifests, such as signatures and SBOMs: the lists of referrers, also where they are tags, what
 * refers to the referrers, and the tags of cosign.
 *
 * @param subjects the manifests and indexes that are in `target` already
 * @returns the digests of the copied manifests
 * @throws LayersError as `copyGraph`; ERR_LAYERS_LIMIT for more than 1,000 referrers
 */
export async function copyReferrers(
  source: Repository,
  target: Repository,
  subjects: readonly Digest[],
  options: Pick<PushOptions, 'onFailure'> = {},
): Promise<readonly Digest[]> {
  const copied = new Set<Digest>();
  const waiting = [...subjects];
  const copy = async (digest: Digest, tag: string | null) => {
    if (copied.size >= MAX_REFERRERS) {
      throw new LayersError('ERR_LAYERS_LIMIT', `more than ${MAX_REFERRERS} manifests refer to the image`, {
        hint: 'copy the image without its referrers',
      });
    }
    const reference = { domain: source.domain, path: source.path, tag: undefined, digest };
    const graph = await fetchGraph(source, reference, { all: true });
    await copyGraph(graph, graph.root, target, tag ?? digest, options);
    if (!copied.has(digest)) waiting.push(digest);
    copied.add(digest);
  };
  for (let subject = waiting.shift(); subject !== undefined; subject = waiting.shift()) {
    const { manifests } = await source.referrers(subject);
    for (const { digest } of manifests) if (!copied.has(digest)) await copy(digest, null);
    for (const suffix of COSIGN_SUFFIXES) {
      const tag = `${subject.replace(':', '-')}.${suffix}`;
      const found = tag.length > MAX_TAG_LENGTH ? null : await source.findManifest(tag);
      if (found !== null) await copy(found.digest, tag);
    }
  }
  return [...copied];
}

const MAX_TAG_LENGTH = 128;
