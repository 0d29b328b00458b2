import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Digest } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import { isIndex, tryParseReference, withDefaultTag } from '@layers/core/oci';
import type { NewImage, WrittenImage } from '@layers/rewrite/image';
import { CommandError, usageError } from '../command-error.js';
import type { OutputFormat } from '../documents/archive-form.js';
import { savedImage } from '../documents/save.js';
import type { CopyDocument, PushedBlobs } from '../documents/transfer.js';
import type { ExitStatus } from '../exit-status.js';
import { outputOf } from '../flags/change-flags.js';
import { withInputs } from '../input/inputs.js';
import { registryClient, registryName } from '../input/registry-input.js';
import type { RegistryFlags } from '../input/registry-options.js';
import { userStore } from '../input/stored-input.js';
import { platformText } from '../output/platform-text.js';
import { present, presentFindings } from '../render/present.js';
import { renderCopy } from '../render/registry.js';
import type { ImageFlags, Session } from '../session.js';
import { isDaemonOutput } from '../write/daemon-output.js';
import { findAbsentLayers, findUnsentLayers } from '../write/foreign-findings.js';
import { leftOutFinding } from '../write/platform-findings.js';
import { isRegistryOutput, type RegistryOutput } from '../write/registry-output.js';
import { refuseUnrelated } from '../write/related-images.js';
import { isStoreOutput } from '../write/store-output.js';
import { printWarnings, reportTags } from '../write/tag-findings.js';
import type { WholeGraph } from '../write/write-graph.js';
import { type Output, writeOutput, writeStream } from '../write/write-output.js';
import { type WorkOptions, withWriteProgress } from '../write/write-progress.js';
import { type CopyInput, openCopySource } from './copy-source.js';

export interface CopyFlags extends ImageFlags, Pick<RegistryFlags, 'authfile' | 'insecure' | 'mirror'> {
  readonly all?: boolean;
  readonly referrers?: boolean;
  readonly format?: OutputFormat;
  readonly force?: boolean;
  readonly srcUsername?: string;
  readonly srcPasswordStdin?: boolean;
  readonly srcAuthfile?: string;
  readonly srcInsecure?: boolean;
  readonly srcCertDir?: string;
  readonly destUsername?: string;
  readonly destPasswordStdin?: boolean;
  readonly destAuthfile?: string;
  readonly destInsecure?: boolean;
  readonly destCertDir?: string;
}

/** Runs `layers copy`: copies an image between registries, archives, layouts, the store and a Docker Engine. */
export async function copy(
  source: string,
  destination: string,
  flags: CopyFlags,
  session: Session,
): Promise<ExitStatus> {
  const output = copyOutput(source, destination, flags, session);
  if (flags.referrers === true && (registryName(source) === null || !isRegistryOutput(output)))
    throw usageError('--referrers copies from a registry to a registry', 'name both with docker://');
  return withInputs(flags, session, async (inputs) => {
    const input = await openCopySource(source, flags, sourceFlags(flags), inputs);
    const written = await withWriteProgress(flags, session, (work) => {
      if (isRegistryOutput(output)) return toRegistry(input, output, flags, session, work);
      return toFiles(input, output, flags, session, { ...work, onFailure: (error) => input.stop(error) });
    });
    const name = isRegistryOutput(output) ? output.name : output.path;
    const leftOut = [
      ...leftOutFinding(name, input.platform, input.leftOut),
      ...leftOutLayers(name, input, output),
    ];
    await printWarnings(leftOut, flags, session);
    const tags =
      isRegistryOutput(output) || isStoreOutput(output)
        ? []
        : await reportTags(written.images, output.format, flags, session);
    const document: CopyDocument = {
      schemaVersion: SCHEMA_VERSION,
      source: { path: input.path },
      target: { path: output.path, digest: written.digest },
      images: written.images.map(savedImage),
      manifests: written.manifests,
      blobs: written.blobs,
      referrers: written.referrers,
      findings: [...input.findings, ...leftOut, ...tags],
    };
    // As save: a pipe gets the archive and nothing else.
    if (output.path === '-') return presentFindings(input.findings, flags, session);
    return present(
      {
        document,
        render: (view) => renderCopy(document, view),
        showsFindings: false,
        warnings: input.findings,
      },
      flags,
      session,
    );
  });
}

function leftOutLayers(name: string, { graph }: CopyInput, output: Output): readonly Finding[] {
  if (graph === null) return [];
  return isRegistryOutput(output)
    ? findUnsentLayers(name, graph.manifests)
    : findAbsentLayers(name, graph.manifests, graph.absentLayers);
}

/** Parses the destination. An index is written in formats of OCI alone. Throws as `outputOf` does. */
function copyOutput(source: string, destination: string, flags: CopyFlags, session: Session): Output {
  const { force, json, all, format } = flags;
  const isFile = !/^[a-z][a-z-]*:/.test(destination);
  const chosen = format ?? (all === true && isFile ? 'oci' : undefined);
  const given = {
    output: destination,
    ...(force === undefined ? {} : { force }),
    ...(json === undefined ? {} : { json }),
    ...(chosen === undefined ? {} : { format: chosen }),
  };
  const output = outputOf([source], given, session);
  const isOci = output.format === 'oci' || output.format === 'oci-dir';
  if (all === true && !isOci) {
    throw usageError(
      `all platforms of an image cannot be written to ${isDaemonOutput(output) ? 'a Docker Engine' : `the format ${output.format}`}`,
      'leave out --all, or write an OCI format: oci-archive:FILE, oci:DIR, store:NAME or docker://NAME',
    );
  }
  return output;
}

function sourceFlags(flags: CopyFlags): RegistryFlags {
  const {
    quiet,
    authfile,
    insecure,
    mirror,
    srcUsername,
    srcPasswordStdin,
    srcAuthfile,
    srcInsecure,
    srcCertDir,
  } = flags;
  return withoutAbsent({
    quiet,
    mirror,
    username: srcUsername,
    passwordStdin: srcPasswordStdin,
    authfile: srcAuthfile ?? authfile,
    insecure: srcInsecure ?? insecure,
    certDir: srcCertDir,
  });
}

function destinationFlags(flags: CopyFlags): RegistryFlags {
  const {
    quiet,
    authfile,
    insecure,
    destUsername,
    destPasswordStdin,
    destAuthfile,
    destInsecure,
    destCertDir,
  } = flags;
  return withoutAbsent({
    quiet,
    username: destUsername,
    passwordStdin: destPasswordStdin,
    authfile: destAuthfile ?? authfile,
    insecure: destInsecure ?? insecure,
    certDir: destCertDir,
  });
}

type Loose<T> = { readonly [Key in keyof T]: T[Key] | undefined };

function withoutAbsent({ quiet, ...flags }: Loose<RegistryFlags>): RegistryFlags {
  const { username, passwordStdin, authfile, insecure, certDir, mirror } = flags;
  return {
    ...(quiet === undefined ? {} : { quiet }),
    ...(username === undefined ? {} : { username }),
    ...(passwordStdin === undefined ? {} : { passwordStdin }),
    ...(authfile === undefined ? {} : { authfile }),
    ...(insecure === undefined ? {} : { insecure }),
    ...(certDir === undefined ? {} : { certDir }),
    ...(mirror === undefined ? {} : { mirror }),
  };
}

interface Copied {
  readonly digest: Digest | null;
  readonly images: readonly WrittenImage[];
  readonly manifests: number;
  readonly blobs: PushedBlobs | null;
  readonly referrers: readonly Digest[];
}

/** Throws ERR_LAYERS_IMAGE_NOT_FOUND for an index whose platforms are not all there: a registry refuses it. */
function refuseAbsent({ graph, path }: CopyInput): void {
  const [absent] = graph?.absent ?? [];
  if (absent === undefined) return;
  const what = absent.platform === undefined ? 'a manifest' : platformText(absent.platform);
  throw new CommandError(
    'ERR_LAYERS_IMAGE_NOT_FOUND',
    `the index lists ${what} (${absent.digest}), which the source lacks, and registries refuse that`,
    {
      archive: path,
      hint: 'choose one platform with --platform OS/ARCH in place of --all; layers repack --all-platforms makes an index of those that are there',
    },
  );
}

async function toRegistry(
  input: CopyInput,
  { registry, name }: RegistryOutput,
  flags: CopyFlags,
  session: Session,
  { signal, onProgress }: WorkOptions,
): Promise<Copied> {
  const { copyGraph, copyReferrers, pushImages } = await import('@layers/registry/copy');
  refuseAbsent(input);
  const client = await registryClient(session, destinationFlags(flags));
  const onFailure = (error: unknown) => {
    client.stop(error);
    input.stop(error);
  };
  const target = client.repository(registry);
  const { graph, root, repository } = input;
  if (graph === null || root === null) {
    const images = await input.images();
    refuseUnrelated(name, images);
    const pushed = await pushImages(target, registry.tag, images, { signal, onProgress, onFailure });
    const { digest, blobs } = pushed;
    return { digest, images: pushed.images, manifests: pushed.images.length, blobs, referrers: [] };
  }
  const { digest, manifests, blobs } = await copyGraph(graph, root, target, registry.tag, {
    onProgress,
    onFailure,
  });
  const subjects = new Set([root, ...graph.manifests, ...graph.indexes].map((document) => document.digest));
  const referrers =
    flags.referrers === true && repository !== null
      ? await copyReferrers(repository, target, [...subjects], { onFailure })
      : [];
  return { digest, images: [], manifests, blobs, referrers };
}

async function toFiles(
  input: CopyInput,
  output: Output,
  flags: CopyFlags,
  session: Session,
  work: WorkOptions,
): Promise<Copied> {
  const { graph, root } = input;
  const force = flags.force ?? false;
  const name = isStoreOutput(output)
    ? output.store
    : isDaemonOutput(output)
      ? output.daemon
      : output.reference;
  // A layout takes documents as they are. In archives, an image also gets what other loaders need.
  const isLayout = output.format === 'oci-dir' && !isStoreOutput(output);
  const isWhole = flags.all === true && root !== null && isIndex(root.mediaType);
  if (graph !== null && root !== null && (isWhole || isLayout)) {
    const { writeGraph, writeGraphToStore } = await import('../write/write-graph.js');
    const named = namedGraph(graph, name, !isStoreOutput(output));
    if (isStoreOutput(output)) await writeGraphToStore(named, userStore(session, true), work);
    else await writeGraph(named, output, force, session, work);
    const { length: manifests } = graph.manifests;
    return { digest: root.digest, images: [], manifests, blobs: null, referrers: [] };
  }
  const images = named(await input.images(), name);
  const written = await writeAll(images, output, force, flags, session, work);
  const [only] = written;
  const digest = only !== undefined && written.length === 1 ? only.manifestDigest : null;
  return { digest, images: written, manifests: 0, blobs: null, referrers: [] };
}

async function writeAll(
  images: readonly NewImage[],
  output: Output,
  force: boolean,
  flags: CopyFlags,
  session: Session,
  work: WorkOptions,
): Promise<readonly WrittenImage[]> {
  if (isStoreOutput(output)) {
    const { writeToStore } = await import('../write/write-store.js');
    return writeToStore(images, session, work);
  }
  if (!isDaemonOutput(output)) return (await writeOutput(images, output, force, session, work)).images;
  const { writeToDaemon } = await import('../write/write-daemon.js');
  return writeToDaemon(output, flags, session, async (target) => {
    const { images: written } = await writeStream(images, output, work, (chunk) => target.write(chunk));
    return written;
  });
}

/** Names one image after the output. Throws ERR_LAYERS_USAGE for several images. */
function named(images: readonly NewImage[], name: string | undefined): readonly NewImage[] {
  if (name === undefined) return images;
  if (images.length > 1) {
    throw usageError(
      `${name} cannot be the name of ${images.length} images`,
      'choose one with --image, or leave out the name',
    );
  }
  return images.map((image) => ({ ...image, tags: [name] }));
}

/** Names a graph after the output. A layout and an OCI archive can have a tag without a name: `oci:DIR:1.0`. */
function namedGraph(graph: WholeGraph, name: string | undefined, hasBareTags: boolean): WholeGraph {
  if (name === undefined) return graph;
  const isBare = hasBareTags && !/[:/@]/.test(name);
  return isBare ? { ...graph, bareTag: name } : { ...graph, reference: referenceOf(name) };
}

function referenceOf(name: string) {
  const reference = tryParseReference(name);
  if (reference !== undefined) return withDefaultTag(reference);
  throw new CommandError('ERR_LAYERS_REFERENCE', `${JSON.stringify(name)} is not an image name`, {
    hint: 'write NAME[:TAG] in lower case',
  });
}
