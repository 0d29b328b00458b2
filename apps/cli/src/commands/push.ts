import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import { familiarName, formatReference, tryParseReference } from '@layers/core/oci';
import { listNames } from '@layers/store/images';
import { type CommandError, usageError } from '../command-error.js';
import type { PushDocument, PushedName } from '../documents/transfer.js';
import type { ExitStatus } from '../exit-status.js';
import { isFileName, storeReference } from '../input/image-name.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { registryClient, registryName } from '../input/registry-input.js';
import type { RegistryFlags } from '../input/registry-options.js';
import { storedGraph, storedName } from '../input/stored-graph.js';
import { userStore } from '../input/stored-input.js';
import { shellWord } from '../output/shell-word.js';
import { present } from '../render/present.js';
import { renderPush } from '../render/registry.js';
import type { ImageFlags, Session } from '../session.js';
import { findUnsentLayers } from '../write/foreign-findings.js';
import { leftOutFinding } from '../write/platform-findings.js';
import { type RegistryOutput, registryTarget } from '../write/registry-output.js';
import { printWarnings } from '../write/tag-findings.js';
import { type WorkOptions, withWriteProgress } from '../write/write-progress.js';

export interface PushFlags extends ImageFlags, RegistryFlags {
  readonly allTags?: boolean;
}

/** Runs `layers push`: sends images of the store to a registry. */
export async function push(
  name: string,
  destination: string | undefined,
  flags: PushFlags,
  session: Session,
): Promise<ExitStatus> {
  const reference = storeReference(name) ?? name;
  if (isFileName(name)) throw notStored(name, destination);
  if (flags.allTags === true && destination !== undefined)
    throw usageError('--all-tags excludes a destination', 'layers tag gives the images other names');
  const names = flags.allTags === true ? tagsOf(reference, session) : [reference];
  return withInputs(flags, session, async (inputs) => {
    const client = await registryClient(session, flags);
    const findings: Finding[] = [];
    const pushed: PushedName[] = [];
    for (const each of names) {
      const result = await withWriteProgress(flags, session, (work) =>
        pushOne(each, destination, client, flags, inputs, work),
      );
      pushed.push(result.pushed);
      await printWarnings(result.findings, flags, session);
      findings.push(...result.findings);
    }
    const document: PushDocument = {
      schemaVersion: SCHEMA_VERSION,
      store: { path: userStore(session).path },
      pushed,
      findings,
    };
    return present(
      { document, render: (view) => renderPush(document, view), showsFindings: false },
      flags,
      session,
    );
  });
}

async function pushOne(
  reference: string,
  destination: string | undefined,
  client: Awaited<ReturnType<typeof registryClient>>,
  { platform }: PushFlags,
  inputs: Inputs,
  { onProgress }: WorkOptions,
): Promise<{ readonly pushed: PushedName; readonly findings: readonly Finding[] }> {
  const { copyGraph } = await import('@layers/registry/copy');
  const { graph, image, leftOut } = await storedGraph(userStore(inputs.session), reference, platform, inputs);
  const target = targetOf(destination, storedName(image, reference), reference);
  const { domain, path } = target.registry;
  const mountFrom = image.refs.flatMap((ref) => {
    const known = tryParseReference(ref);
    return known?.domain === domain && known.path !== path ? [known.path] : [];
  });
  const copied = await copyGraph(graph, graph.root, client.repository(target.registry), target.registry.tag, {
    onProgress,
    mountFrom: [...new Set(mountFrom)],
    onFailure: (error) => client.stop(error),
  });
  const { digest, mediaType, manifests, blobs } = copied;
  return {
    pushed: { reference: target.path, digest, mediaType, manifests, blobs },
    findings: [
      ...leftOutFinding(target.name, image.platform, leftOut),
      ...findUnsentLayers(target.name, graph.manifests),
    ],
  };
}

function notStored(name: string, destination: string | undefined): CommandError {
  const to = destination === undefined ? 'docker://[REGISTRY/]NAME[:TAG]' : withTransport(destination);
  return usageError(
    `push sends images of the store, and ${name} is a file`,
    `layers copy ${name === '-' ? name : shellWord(name)} ${to}`,
  );
}

function withTransport(destination: string): string {
  return shellWord(registryName(destination) === null ? `docker://${destination}` : destination);
}

/** Returns where an image goes: by default, to the registry that its name names. Throws ERR_LAYERS_USAGE. */
function targetOf(destination: string | undefined, name: string | null, reference: string): RegistryOutput {
  if (destination !== undefined) return registryTarget(registryName(destination) ?? destination);
  if (name !== null) return registryTarget(name);
  throw usageError(
    `${reference} does not say to which registry`,
    `name the destination: layers push ${reference} docker://[REGISTRY/]NAME[:TAG]`,
  );
}

/** Returns the names of all tags of a repository in the store. Throws ERR_LAYERS_USAGE. */
function tagsOf(text: string, session: Session): readonly string[] {
  const reference = tryParseReference(text);
  if (reference === undefined || reference.tag !== undefined || reference.digest !== undefined)
    throw usageError('--all-tags needs a name without a tag', 'leave out the tag, or --all-tags');
  const repository = familiarName(reference);
  const names = listNames(userStore(session)).filter((name) => {
    const known = tryParseReference(name);
    return known?.tag !== undefined && familiarName(known) === repository;
  });
  if (names.length > 0) return [...new Set(names)].sort();
  throw usageError(
    `no image of the store is named ${formatReference(reference)}`,
    'layers images lists the images of the store',
  );
}
