import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import { type ImageDescription, type ReadOptions, readImage } from '@layers/core/image';
import { isAttestation } from '@layers/core/oci';
import { plannedBytes } from '@layers/rewrite/archive';
import { copiedImage } from '@layers/rewrite/change';
import { findingsOf, type NewImage } from '@layers/rewrite/image';
import { asBlobError, type FoundImage, openStoredArchive } from '@layers/store/images';
import type { Store } from '@layers/store/layout';
import { imageAsStored } from '@layers/store/save';
import { CommandError, usageError } from '../command-error.js';
import { type SaveDocument, savedImage } from '../documents/save.js';
import type { ExitStatus } from '../exit-status.js';
import { type SaveFlags, type SaveOutput, saveOutput } from '../flags/save-flags.js';
import { daemonReference } from '../input/image-name.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { findInput, type ImageChoice } from '../input/open-input.js';
import { type StoredIndex, storedIndex, storedIndexAsIs } from '../input/stored-index.js';
import { heldLease, pinned, userStore } from '../input/stored-input.js';
import { present, presentFindings } from '../render/present.js';
import { renderSave } from '../render/save.js';
import type { Session } from '../session.js';
import { findLeftOutAttestations } from '../write/attestation-findings.js';
import { refuseInputAsOutput } from '../write/check-output.js';
import { findUnsentLayersOf } from '../write/foreign-findings.js';
import { leftOutFinding } from '../write/platform-findings.js';
import { isRegistryOutput, type RegistryOutput } from '../write/registry-output.js';
import { printWarnings, reportTags } from '../write/tag-findings.js';
import { type Written, writeOutput } from '../write/write-output.js';
import { type WorkOptions, withWriteProgress } from '../write/write-progress.js';
import { namedImages } from './save-names.js';

/** Runs `layers save`: writes images of the store, or of a Docker Engine, to one archive, or one image to a registry. */
export function save(references: readonly string[], flags: SaveFlags, session: Session): Promise<ExitStatus> {
  const output = saveOutput(flags, session);
  const inDaemon = references.filter((name) => daemonReference(name) !== null);
  const inStore = references.filter((name) => daemonReference(name) === null);
  return withInputs(flags, session, async (inputs) => {
    const stored = inStore.length === 0 ? [] : await storedImages(inStore, flags.platform, output, inputs);
    const all = [...stored, ...(await daemonImages(inDaemon, flags, inputs))];
    return finish(all, output, flags, session);
  });
}

/** An image to save, and the findings about it. */
interface ImageToSave {
  readonly image: NewImage;
  readonly findings: readonly Finding[];
  /** About platforms that the format cannot have. */
  readonly leftOut?: readonly Finding[];
}

async function storedImages(
  references: readonly string[],
  platform: string | undefined,
  output: SaveOutput,
  inputs: Inputs,
): Promise<ImageToSave[]> {
  const { session } = inputs;
  const store = userStore(session);
  refuseInputAsOutput(store.path, output.path);
  const lease = heldLease(store, inputs);
  const chosen = pinned(
    store,
    lease,
    () => namedImages(store, references, platform),
    (found) => found.map(({ image }) => image),
  );
  inputs.explainWith((error) => asBlobError(store, error));
  const images: ImageToSave[] = [];
  for (const { image, index, tags } of chosen) {
    const whole = index === null ? null : await storedIndex(store, index, image, lease);
    const isJoined = whole !== null && whole.graph.manifests.length > 1 && canHaveIndex(output, whole);
    const joined = isJoined ? { index: await storedIndexAsIs(whole) } : {};
    const leftOut = whole === null || isJoined ? [] : leftOutOf(whole, image, tags, output);
    for (const each of isJoined ? whole.images : [image]) {
      const stored = await storedImage(store, each, { signal: session.signal });
      const { description } = stored;
      const lost = isJoined ? [] : findLeftOutAttestations([{ description, isChanged: false }]);
      images.push({ ...stored, image: { ...stored.image, ...joined, tags }, leftOut: [...leftOut, ...lost] });
    }
  }
  return images;
}

/** Registries refuse an index whose manifests they do not get. */
function canHaveIndex(output: SaveOutput, { graph }: StoredIndex): boolean {
  return output.format !== 'docker' && !(isRegistryOutput(output) && graph.absent.length > 0);
}

function leftOutOf(
  { images, graph }: StoredIndex,
  image: FoundImage,
  [name = image.manifestDigest]: readonly string[],
  output: SaveOutput,
): readonly Finding[] {
  const others = images.filter(({ manifestDigest }) => manifestDigest !== image.manifestDigest);
  const absent = isRegistryOutput(output) ? graph.absent.filter((listed) => !isAttestation(listed)) : [];
  return leftOutFinding(name, image.platform, [
    ...others.map(({ platform, manifestDigest: digest }) => ({ platform: platform ?? undefined, digest })),
    ...absent,
  ]);
}

async function storedImage(
  store: Store,
  image: FoundImage,
  options: ReadOptions,
): Promise<ImageToSave & { readonly description: ImageDescription }> {
  const archive = await openStoredArchive(store, [image], options);
  const description = archive.images.find(({ manifestDigest }) => manifestDigest === image.manifestDigest);
  if (description === undefined) {
    throw new CommandError('ERR_LAYERS_STORE', `the image ${image.manifestDigest} cannot be read`, {
      archive: store.path,
      hint: 'layers store check reports what is wrong',
    });
  }
  const asStored = imageAsStored(archive, description);
  // Its layers are copied without being read.
  if (asStored !== null) {
    return { image: asStored, description, findings: [...archive.findings, ...description.findings] };
  }
  const before = await readImage(archive, description, options);
  return { image: copiedImage(before), description, findings: findingsOf(before) };
}

/** Reads images of a Docker Engine one after the other, each from an archive of its own. */
async function daemonImages(
  names: readonly string[],
  choice: ImageChoice,
  inputs: Inputs,
): Promise<ImageToSave[]> {
  const images: ImageToSave[] = [];
  for (const name of names) {
    const input = findInput(name, choice, inputs.session);
    const { archive, options, endProgress } = await inputs.open(input, choice, { contents: true });
    for (const description of archive.images) {
      const before = await readImage(archive, description, options);
      images.push({
        image: copiedImage(before),
        findings: findingsOf(before),
      });
    }
    endProgress();
  }
  return images;
}

async function finish(
  all: readonly ImageToSave[],
  output: SaveOutput,
  flags: SaveFlags,
  session: Session,
): Promise<ExitStatus> {
  const images = namedFor(
    output,
    all.map(({ image }) => image),
  );
  if (!isRegistryOutput(output)) refuseSharedTags(images);
  const leftOut = [
    ...all.flatMap((image) => image.leftOut ?? []),
    ...(isRegistryOutput(output) ? findUnsentLayersOf(output.name, images) : []),
  ];
  await printWarnings(leftOut, flags, session);
  const shared = isRegistryOutput(output)
    ? []
    : await reportTags(namedOnce(images), output.format, flags, session);
  const findings = [...new Set(all.flatMap((image) => image.findings))];
  const { path, format, compression } = output;
  const saved = await withWriteProgress(flags, session, (work) =>
    isRegistryOutput(output)
      ? pushed(images, output, flags, session, work)
      : writeOutput(images, output, output.force, session, work),
  );
  // As docker: a pipe gets the archive and nothing else.
  if (path === '-') return presentFindings(findings, flags, session);
  const document: SaveDocument = {
    schemaVersion: SCHEMA_VERSION,
    output: { path, format, compression, sizeBytes: saved.bytes },
    images: saved.images.map(savedImage),
    findings: [...findings, ...leftOut, ...shared],
  };
  return present(
    { document, render: (view) => renderSave(document, view), showsFindings: false, warnings: findings },
    flags,
    session,
  );
}

/** Gives an image the name of the output in a registry. Throws ERR_LAYERS_USAGE for several images. */
function namedFor(output: SaveOutput, images: readonly NewImage[]): readonly NewImage[] {
  if (!isRegistryOutput(output)) return images;
  if (namedOnce(images).length > 1) {
    throw usageError(
      `${output.path} cannot be the name of ${namedOnce(images).length} images`,
      'save one image, or push all tags of a name: layers push --all-tags NAME',
    );
  }
  return images.map((image) => ({ ...image, tags: [output.name] }));
}

async function pushed(
  images: readonly NewImage[],
  output: RegistryOutput,
  flags: SaveFlags,
  session: Session,
  work: WorkOptions,
): Promise<Written> {
  const { writeToRegistry } = await import('../write/write-registry.js');
  const { images: written } = await writeToRegistry(images, output, flags, session, work);
  return { images: written, bytes: plannedBytes(images, output.format) ?? 0 };
}

/** Returns images, and of those with one index only the first. */
function namedOnce(images: readonly NewImage[]): readonly NewImage[] {
  return images.filter(
    ({ index }, i) => index === undefined || images.findIndex((one) => one.index === index) === i,
  );
}

/** Throws ERR_LAYERS_USAGE where a tag would name two images of the archive. */
function refuseSharedTags(images: readonly NewImage[]): void {
  const seen = new Set<string>();
  for (const tag of namedOnce(images).flatMap(({ tags }) => tags)) {
    if (seen.has(tag)) {
      throw usageError(
        `two of the images are named ${tag}`,
        'name one of them by its id, or save them in two archives',
      );
    }
    seen.add(tag);
  }
}
