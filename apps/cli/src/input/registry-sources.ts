import { linkSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeTemporaryDirectory, spoolTo, writing } from '@layers/core/io';
import { formatReference, type Reference } from '@layers/core/oci';
import { isLayersError } from '@layers/errors';
import type { FleetSource, RemoteByName, RemoteSource } from '@layers/fleet';
import type { RegistryClient } from '@layers/registry';
import { CommandError } from '../command-error.js';
import type { Session } from '../session.js';
import { parseRegistryImage, registryClient, registryName } from './registry-input.js';
import { parseRegistryHost } from './registry-names.js';
import type { RegistryFlags } from './registry-options.js';

/** Where images of registries are while they are read: each blob once, in however many images it is. */
interface BlobFolder {
  readonly path: string;
  /** Bytes of the blobs that are there, by their names, the oldest first. */
  readonly blobs: Map<string, number>;
  /** The most bytes of blobs that are kept for further images. */
  readonly mostBytes: number;
  images: number;
}

/** A worker goes on for months. */
const MOST_BYTES_OF_WORKER = 4e9;

/** Runs work with the images of registries that names mean, without `docker://`. Throws as `registrySources`. */
export async function withRegistrySources<Result>(
  names: readonly string[],
  flags: RegistryFlags,
  session: Session,
  work: (sources: readonly FleetSource[]) => Promise<Result>,
): Promise<Result> {
  if (names.length === 0) return work([]);
  return withFolder(flags, session, Number.POSITIVE_INFINITY, async (client, folder) => {
    const sources = new Map<string, FleetSource>();
    for (const name of names)
      for (const source of await registrySources(name, client, folder)) sources.set(source.name, source);
    return work([...sources.values()]);
  });
}

/** Runs work that reads images of registries by their names, as `withRegistrySources` names them. */
export function withRegistryNames<Result>(
  flags: RegistryFlags,
  session: Session,
  work: (remoteOf: RemoteByName) => Promise<Result>,
): Promise<Result> {
  return withFolder(flags, session, MOST_BYTES_OF_WORKER, (client, folder) =>
    work((name) => remoteOf(parseRegistryImage(registryName(name) ?? name), client, folder)),
  );
}

async function withFolder<Result>(
  flags: RegistryFlags,
  session: Session,
  mostBytes: number,
  work: (client: RegistryClient, folder: BlobFolder) => Promise<Result>,
): Promise<Result> {
  const client = await registryClient(session, flags);
  const { path, remove } = makeTemporaryDirectory();
  try {
    return await work(client, { path, blobs: new Map(), mostBytes, images: 0 });
  } finally {
    client.stop(new Error('the scan has ended'));
    remove();
  }
}

/**
 * Returns the images of a registry that a name means: one, or with `*` for any characters all tags of repositories that match,
 * such as `localhost:5000/team/*` or `ghcr.io/me/app:1.*`.
 *
 * @param text the name without `docker://`
 * @throws LayersError ERR_LAYERS_USAGE, ERR_LAYERS_INPUT_MISSING where nothing matches, ERR_LAYERS_REGISTRY and others
 */
async function registrySources(
  text: string,
  client: RegistryClient,
  folder: BlobFolder,
): Promise<readonly FleetSource[]> {
  if (!text.includes('*')) return [sourceOf(parseRegistryImage(text), client, folder)];
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1);
  const hasTag = colon !== -1 && text.includes('/');
  const [repositories, tags] = hasTag ? [text.slice(0, colon), text.slice(colon + 1)] : [text, '*'];
  const found: FleetSource[] = [];
  for (const name of await repositoriesOf(repositories, client)) {
    const { domain, path } = parseRegistryImage(name);
    for await (const tag of client.repository({ domain, path }).tags())
      if (matches(tags, tag)) found.push(sourceOf({ domain, path, tag, digest: undefined }, client, folder));
  }
  if (found.length > 0) return found;
  throw new CommandError('ERR_LAYERS_INPUT_MISSING', `no image of a registry is ${text}`, {
    hint: 'layers catalog HOST lists repositories, layers tags NAME lists tags',
  });
}

async function repositoriesOf(pattern: string, client: RegistryClient): Promise<readonly string[]> {
  if (!pattern.includes('*')) return [pattern];
  const [host = ''] = pattern.split('/');
  const domain = parseRegistryHost(host);
  const found: string[] = [];
  try {
    for await (const path of client.repositories(domain))
      if (matches(pattern.slice(host.length + 1), path)) found.push(`${host}/${path}`);
  } catch (error) {
    if (!isLayersError(error) || error.code !== 'ERR_LAYERS_REGISTRY') throw error;
    throw new CommandError(error.code, error.message, {
      hint: `name its repositories, also one a line with --from: layers fleet scan 'docker://${host}/NAME:*'`,
      cause: error,
    });
  }
  return found;
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

function sourceOf(reference: Reference, client: RegistryClient, folder: BlobFolder): FleetSource {
  return {
    name: `docker://${formatReference(reference)}`,
    path: '',
    remote: remoteOf(reference, client, folder),
  };
}

function remoteOf(reference: Reference, client: RegistryClient, folder: BlobFolder): RemoteSource {
  const repository = client.repository(reference);
  return {
    identity: () => repository.manifestDigest(reference.digest ?? reference.tag ?? 'latest'),
    async fetch() {
      const { fetchGraph, graphBlobs, graphDocuments } = await import('@layers/registry/copy');
      const graph = await fetchGraph(repository, reference, { all: true });
      const path = join(folder.path, String(folder.images++));
      const at = (name: string): string => {
        const file = join(path, name);
        writing(file, () => mkdirSync(dirname(file), { recursive: true }));
        return file;
      };
      for (const { name, bytes } of graphDocuments(graph, true)) {
        const file = at(name);
        writing(file, () => writeFileSync(file, bytes));
      }
      for (const blob of graphBlobs(graph)) {
        const kept = keptAt(folder.path, blob.name);
        if (!folder.blobs.has(blob.name)) {
          rmSync(kept, { force: true });
          await spoolTo(kept, repository.blob(blob), folder.path);
          folder.blobs.set(blob.name, statSync(kept).size);
        }
        const file = at(blob.name);
        writing(file, () => linkSync(kept, file));
      }
      return {
        path,
        remove() {
          rmSync(path, { recursive: true, force: true });
          forgetBlobs(folder);
        },
      };
    },
  };
}

/** Removes the oldest blobs where there are too many: an image that is read has links to its own. */
function forgetBlobs({ path, blobs, mostBytes }: BlobFolder): void {
  let bytes = [...blobs.values()].reduce((sum, size) => sum + size, 0);
  for (const [name, size] of blobs) {
    if (bytes <= mostBytes) return;
    rmSync(keptAt(path, name), { force: true });
    blobs.delete(name);
    bytes -= size;
  }
}

const keptAt = (folder: string, blob: string): string => join(folder, blob.replaceAll('/', '-'));
