import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { Reference } from '@layers/core/oci';
import type { RegistryClient } from '@layers/registry';
import { loadImages } from '@layers/store/load';
import { usageError } from '../command-error.js';
import { loadedImage } from '../documents/load.js';
import type { PullDocument, PulledName } from '../documents/transfer.js';
import type { ExitStatus } from '../exit-status.js';
import { isFileName } from '../input/image-name.js';
import { parseRegistryImage, registryClient, registryName } from '../input/registry-input.js';
import type { RegistryFlags } from '../input/registry-options.js';
import { userStore } from '../input/stored-input.js';
import { shellWord } from '../output/shell-word.js';
import { present } from '../render/present.js';
import { renderPull } from '../render/registry.js';
import type { ImageFlags, Session } from '../session.js';
import { findAbsentLayers } from '../write/foreign-findings.js';
import { leftOutFinding } from '../write/platform-findings.js';
import { printWarnings } from '../write/tag-findings.js';
import { withWriteProgress } from '../write/write-progress.js';

export interface PullFlags extends ImageFlags, RegistryFlags {
  readonly all?: boolean;
}

/** Runs `layers pull`: loads images of registries into the store, under their names. */
export async function pull(
  names: readonly string[],
  flags: PullFlags,
  session: Session,
): Promise<ExitStatus> {
  const references = names.map(pulledReference);
  const registries = [...new Set(references.map(({ domain }) => domain))];
  if (flags.passwordStdin === true && registries.length > 1) {
    throw usageError(
      `one password would be sent to several registries: ${registries.join(', ')}`,
      'pull from each registry alone, or log in: layers login HOST',
    );
  }
  const store = userStore(session, true);
  const client = await registryClient(session, flags);
  const findings: Finding[] = [];
  const pulled: PulledName[] = [];
  for (const reference of references) {
    const { findings: found, ...result } = await withWriteProgress(flags, session, ({ onProgress }) =>
      pullOne(client, reference, flags, (images) =>
        loadImages(store, images, {
          signal: session.signal,
          onProgress,
          onFailure: (error) => client.stop(error),
        }),
      ),
    );
    await printWarnings(found, flags, session);
    findings.push(...found);
    pulled.push(result);
  }
  const document: PullDocument = {
    schemaVersion: SCHEMA_VERSION,
    store: { path: store.path },
    pulled,
    findings,
  };
  return present({ document, render: () => renderPull(document), showsFindings: false }, flags, session);
}

/** Throws ERR_LAYERS_USAGE for the name of a file: without `docker://` too, a name means a registry. */
function pulledReference(name: string): Reference {
  if (!isFileName(name)) return parseRegistryImage(registryName(name) ?? name);
  const file = name === '-' ? name : shellWord(name);
  throw usageError(
    `pull reads registries, and ${name} is a file or a directory`,
    `layers copy ${file} store:NAME puts an image of it into the store; docker://NAME is always an image of a registry`,
  );
}

async function pullOne(
  client: RegistryClient,
  reference: ReturnType<typeof parseRegistryImage>,
  { platform, all = false }: PullFlags,
  load: (images: Parameters<typeof loadImages>[1]) => ReturnType<typeof loadImages>,
): Promise<PulledName & { readonly findings: readonly Finding[] }> {
  const { describeGraph, fetchGraph, graphImagesWithIndex, registryPath } = await import(
    '@layers/registry/copy'
  );
  const graph = await fetchGraph(client.repository(reference), reference, { platform, all });
  const described = await describeGraph(graph);
  const images = await graphImagesWithIndex(described, { all });
  const loaded = await load(images);
  const name = images[0]?.tags[0] ?? registryPath(graph);
  // A chosen platform leaves the others out as the user wants it.
  const left = platform === undefined ? graph.leftOut : [];
  return {
    reference: registryPath(graph),
    digest: graph.root.digest,
    images: loaded.map(loadedImage),
    findings: [
      ...leftOutFinding(name, images[0]?.platform ?? null, left),
      ...findAbsentLayers(name, graph.manifests, graph.absentLayers),
    ],
  };
}
