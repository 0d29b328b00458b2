import { isDigest } from '@layers/core/digest';
import { type Reference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import type { RegistryClient, Repository } from '@layers/registry';
import type { GraphArchive, ImageGraph } from '@layers/registry/copy';
import { usageError } from '../command-error.js';
import { escapeForTerminal } from '../output/escape.js';
import type { Session } from '../session.js';
import type { RegistryFlags } from './registry-options.js';

/** Both mean a registry: the first is skopeo's, the second that of syft and others. */
const PREFIXES = ['docker://', 'registry://'] as const;

/** Returns the name after `docker://` or `registry://`; null for names of other things. */
export function registryName(name: string): string | null {
  const prefix = PREFIXES.find((known) => name.startsWith(known));
  return prefix === undefined ? null : name.slice(prefix.length);
}

/**
 * Parses the name of an image in a registry, without `docker://`. A name without a registry is one of Docker Hub; one
 * without a tag or digest has the tag `latest`.
 *
 * @throws LayersError ERR_LAYERS_USAGE
 */
export function parseRegistryImage(text: string): Reference {
  const reference = tryParseReference(text);
  if (reference !== undefined) return withDefaultTag(reference);
  throw usageError(
    text === '' ? 'no image name after docker://' : `${JSON.stringify(text)} is not the name of an image`,
    isDigest(text)
      ? 'write docker://NAME@DIGEST'
      : 'write docker://[REGISTRY/]NAME[:TAG|@DIGEST], with a lower-case name',
  );
}

/** Returns a client of registries for a command. Prints the warnings of registries on standard error. */
export async function registryClient(session: Session, flags: RegistryFlags = {}): Promise<RegistryClient> {
  const { createRegistryClient } = await import('@layers/registry');
  const { registryOptions } = await import('./registry-options.js');
  const { env, signal, stderr } = session;
  const seen = new Set<string>();
  return createRegistryClient({
    ...(await registryOptions(flags, session)),
    env,
    signal,
    onWarning(text) {
      // A registry repeats a warning in every response.
      if (flags.quiet === true || seen.has(text) || seen.size > MAX_WARNINGS) return;
      seen.add(text);
      stderr.write(`warning of the registry: ${escapeForTerminal(text)}\n`);
    },
  });
}

const MAX_WARNINGS = 10;

/** Returns a repository of a registry, with a client of its own. */
export async function registryRepository(
  reference: Reference,
  session: Session,
  flags: RegistryFlags = {},
): Promise<Repository> {
  return (await registryClient(session, flags)).repository(reference);
}

/** An image of a registry. Requests are sent when it is first read. */
export interface RegistrySource {
  /** The image of the chosen platform, or of all, as an OCI archive. */
  readonly stream: AsyncIterable<Uint8Array> & { destroy(): void };
  /** As the user named it. */
  readonly path: string;
  readonly format: 'registry';
  /** The platforms that are not in the stream, once it was read. */
  leftOut(): ImageGraph['leftOut'];
  /** The attestations of the image, which are not in the stream unless it has all platforms. */
  attestations(): ImageGraph['attestations'];
  /** Fetches manifests and configs alone: of the chosen platform, or of all. */
  describe(choice?: { readonly all: boolean }): Promise<GraphArchive>;
}

/** @throws LayersError ERR_LAYERS_USAGE for an invalid name */
export function registrySource(
  path: string,
  text: string,
  choice: RegistryFlags & { readonly platform?: string | undefined; readonly allPlatforms?: boolean },
  session: Session,
): RegistrySource {
  const reference = parseRegistryImage(text);
  const { platform, allPlatforms = false } = choice;
  let client: RegistryClient | null = null;
  let leftOut: ImageGraph['leftOut'] = [];
  let attestations: ImageGraph['attestations'] = [];
  const graphOf = async (all: boolean): Promise<ImageGraph> => {
    const { fetchGraph } = await import('@layers/registry/copy');
    client = await registryClient(session, choice);
    return fetchGraph(client.repository(reference), reference, { platform, all });
  };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const { graphStream } = await import('@layers/registry/copy');
    const graph = await graphOf(allPlatforms);
    ({ leftOut, attestations } = graph);
    yield* graphStream(graph, allPlatforms);
  }
  return {
    path,
    format: 'registry',
    stream: {
      [Symbol.asyncIterator]: chunks,
      destroy: () => client?.stop(new Error('the image is not needed any more')),
    },
    leftOut: () => leftOut,
    attestations: () => attestations,
    async describe({ all } = { all: false }) {
      const { describeGraph } = await import('@layers/registry/copy');
      return describeGraph(await graphOf(all), path);
    },
  };
}
