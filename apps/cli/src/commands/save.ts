import { SCHEMA_VERSION } from '@layers/core/analysis';
import { type ReadOptions, readImage } from '@layers/core/image';
import { repackedImage } from '@layers/rewrite/change';
import type { NewImage } from '@layers/rewrite/image';
import { type FoundImage, openStoredArchive, withBlobErrors } from '@layers/store/images';
import type { Store } from '@layers/store/layout';
import { withLease } from '@layers/store/lease';
import { imageAsStored } from '@layers/store/save';
import { CommandError, usageError } from '../command-error.js';
import { type SaveDocument, savedImage } from '../documents/save.js';
import { ExitStatus } from '../exit-status.js';
import { daemonReference } from '../input/image-name.js';
import { findInput } from '../input/open-input.js';
import { withArchive } from '../input/read.js';
import { pinned, userStore } from '../input/stored-input.js';
import type { Session } from '../program/session.js';
import { renderSave } from '../render/save.js';
import { refuseInputAsOutput } from '../write/check-output.js';
import { type SaveFlags, type SaveOutput, saveOutput, writeSaved } from '../write/save-output.js';
import { reportSharedTags } from '../write/shared-tags.js';
import { withWriteProgress } from '../write/write-change.js';
import { present } from './present.js';
import { namedImages } from './save-names.js';

/** Runs `layers save`: writes images of the store, or of a Docker Engine, to one archive. */
export function save(references: readonly string[], flags: SaveFlags, session: Session): Promise<ExitStatus> {
  const output = saveOutput(flags, session);
  const inDaemon = references.filter((name) => daemonReference(name) !== null);
  const inStore = references.filter((name) => daemonReference(name) === null);
  // Inputs stay open until the output is written.
  return withStored(inStore, flags, session, output, (stored) =>
    withDaemon(inDaemon, flags, session, (more) => finish([...stored, ...more], output, flags, session)),
  );
}

type Use = (images: readonly NewImage[]) => Promise<ExitStatus>;

function withStored(
  references: readonly string[],
  flags: SaveFlags,
  session: Session,
  output: SaveOutput,
  use: Use,
): Promise<ExitStatus> {
  if (references.length === 0) return use([]);
  const store = userStore(session);
  const { signal } = session;
  refuseInputAsOutput(store.path, output.path);
  return withLease(store, async (lease) => {
    const chosen = pinned(
      store,
      lease,
      () => namedImages(store, references, flags.platform),
      (found) => found.map(({ image }) => image),
    );
    return withBlobErrors(store, async () => {
      const images: NewImage[] = [];
      for (const { image, tags } of chosen) {
        images.push({ ...(await storedImage(store, image, { signal })), tags });
      }
      return use(images);
    });
  });
}

async function storedImage(store: Store, image: FoundImage, options: ReadOptions): Promise<NewImage> {
  const archive = await openStoredArchive(store, [image], options);
  const description = archive.images.find(({ manifestDigest }) => manifestDigest === image.manifestDigest);
  if (description === undefined) {
    throw new CommandError('ERR_LAYERS_STORE', `the image ${image.manifestDigest} cannot be read`, {
      archive: store.path,
      hint: 'layers store check reports what is wrong',
    });
  }
  return (
    imageAsStored(archive, description) ??
    repackedImage(await readImage(archive, description, options), options)
  );
}

/** Reads images of a Docker Engine one after the other, each from an archive of its own. */
function withDaemon(
  names: readonly string[],
  flags: SaveFlags,
  session: Session,
  use: Use,
  before: readonly NewImage[] = [],
): Promise<ExitStatus> {
  const [name, ...rest] = names;
  if (name === undefined) return use(before);
  return withArchive(
    findInput(name, flags, session),
    flags,
    session,
    { contents: true },
    async ({ archive, options, endProgress }) => {
      const images: NewImage[] = [];
      for (const description of archive.images) {
        const before = await readImage(archive, description, options);
        images.push(repackedImage(before, { signal: options.signal }));
      }
      endProgress();
      return withDaemon(rest, flags, session, use, [...before, ...images]);
    },
  );
}

async function finish(
  images: readonly NewImage[],
  output: SaveOutput,
  flags: SaveFlags,
  session: Session,
): Promise<ExitStatus> {
  refuseSharedTags(images);
  const findings = await reportSharedTags(images, output.format, flags, session);
  const { path, format, compression } = output;
  const saved = await withWriteProgress(flags, session, ({ onProgress }) =>
    writeSaved(images, output, flags, session, onProgress),
  );
  // As docker: a pipe gets the archive and nothing else.
  if (path === '-') return ExitStatus.done;
  const document: SaveDocument = {
    schemaVersion: SCHEMA_VERSION,
    output: { path, format, compression, sizeBytes: saved.bytes },
    images: saved.images.map(savedImage),
    findings,
  };
  return present(
    { document, render: (view) => renderSave(document, view), showsFindings: true },
    flags,
    session,
  );
}

/** Throws ERR_LAYERS_USAGE where a tag would name two images of the archive. */
function refuseSharedTags(images: readonly NewImage[]): void {
  const seen = new Set<string>();
  for (const tag of images.flatMap(({ tags }) => tags)) {
    if (seen.has(tag)) {
      throw usageError(
        `two of the images are named ${tag}`,
        'name one of them by its id, or save them in two archives',
      );
    }
    seen.add(tag);
  }
}
