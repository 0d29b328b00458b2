import { SCHEMA_VERSION } from '@layers/core/analysis';
import { parsePlatform } from '@layers/core/oci';
import { timeFromEpoch } from '@layers/rewrite/config';
import type { NewImage } from '@layers/rewrite/image';
import { importRootfs, type RootfsInput } from '@layers/store/import';
import { loadImages } from '@layers/store/load';
import { CommandError, usageError } from '../command-error.js';
import type { ImportDocument } from '../documents/import.js';
import { loadedImage } from '../documents/load.js';
import type { ExitStatus } from '../exit-status.js';
import { sourceDateEpoch } from '../flags/source-date-epoch.js';
import { tagFlags } from '../flags/tag-flags.js';
import { nameInStore } from '../input/image-name.js';
import { userStore } from '../input/stored-input.js';
import { writeNotes } from '../output/write-out.js';
import { renderImport } from '../render/import.js';
import { notes } from '../render/notes.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { type RegistryOutput, registryOutput } from '../write/registry-output.js';
import { withWriteProgress } from '../write/write-progress.js';

export interface ImportFlags extends ImageFlags {
  readonly change?: readonly string[];
  readonly message?: string;
  readonly compress?: 'gzip' | 'zstd';
  readonly output?: string;
}

/** Runs `layers import`: imports the tar of a root file system as an image of one layer, into the store or a registry. */
export async function importImage(
  file: string,
  reference: string | undefined,
  flags: ImportFlags,
  session: Session,
): Promise<ExitStatus> {
  const { change, message, platform, compress } = flags;
  const { env } = session;
  const target = targetOf(reference, flags);
  const epoch = sourceDateEpoch(env);
  const { image, report } = await importRootfs(inputOf(file, session), {
    changes: change,
    message,
    platform: platform === undefined ? undefined : parsePlatform(platform),
    created: epoch === undefined ? undefined : timeFromEpoch(epoch),
    tags:
      target !== null
        ? [target.name]
        : reference === undefined
          ? undefined
          : tagFlags([nameInStore(reference)]),
    compression: compress === undefined ? undefined : { kind: compress, level: null },
  });
  const written =
    target === null
      ? await intoStore(image, file, flags, session)
      : await intoRegistry(image, target, file, flags, session);
  const { compression, entries, tarBytes, created, findings } = report();
  const document: ImportDocument = {
    schemaVersion: SCHEMA_VERSION,
    store: written.store,
    source: { path: file, compression, entries, tarBytes },
    image: { ...written.image, created },
    pushed: written.pushed,
    findings,
  };
  if (flags.quiet !== true && flags.json !== true) await writeNotes(session.stderr, notes(document.findings));
  return present({ document, render: () => renderImport(document), showsFindings: false }, flags, session);
}

/** Returns the image of a registry to write; null for the store. Throws ERR_LAYERS_USAGE. */
function targetOf(reference: string | undefined, { output }: ImportFlags): RegistryOutput | null {
  if (output === undefined) return null;
  const target = registryOutput(output, undefined);
  if (target === null) {
    throw usageError(
      `import writes to the store or to a registry, and not to ${output}`,
      'leave out -o, then layers save writes an archive; or write -o docker://NAME',
    );
  }
  if (reference === undefined) return target;
  throw usageError(`two names are given: ${reference} and ${output}`, 'leave out one of them');
}

type Imported = Pick<ImportDocument, 'store' | 'pushed'> & {
  readonly image: Omit<ImportDocument['image'], 'created'>;
};

async function intoStore(
  image: NewImage,
  file: string,
  flags: ImportFlags,
  session: Session,
): Promise<Imported> {
  const store = userStore(session, true);
  const { signal } = session;
  const [loaded] = await withWriteProgress(flags, session, ({ onProgress }) =>
    loadImages(store, [image], { signal, onProgress }),
  );
  if (loaded === undefined) throw nothingImported(file);
  return { store: { path: store.path }, image: loadedImage(loaded), pushed: null };
}

async function intoRegistry(
  image: NewImage,
  target: RegistryOutput,
  file: string,
  flags: ImportFlags,
  session: Session,
): Promise<Imported> {
  const { writeToRegistry } = await import('../write/write-registry.js');
  const { images, digest, mediaType, blobs } = await withWriteProgress(flags, session, (work) =>
    writeToRegistry([image], target, flags, session, work),
  );
  const [written] = images;
  if (written === undefined) throw nothingImported(file);
  const { id, tags } = written;
  return {
    store: null,
    image: { id, manifestDigest: digest, tags },
    pushed: { reference: target.path, digest, mediaType, manifests: 1, blobs },
  };
}

function nothingImported(archive: string): CommandError {
  return new CommandError('ERR_LAYERS_INTERNAL', 'nothing was imported', { archive });
}

/** Throws ERR_LAYERS_TERMINAL. */
function inputOf(file: string, { stdin }: Session): RootfsInput {
  if (file === '') {
    throw usageError('the name of the tar is empty', 'name a file, or -');
  }
  if (file !== '-') return { path: file };
  if (stdin.isTTY === true) {
    throw new CommandError('ERR_LAYERS_TERMINAL', 'standard input is a terminal: no tar to read', {
      hint: 'pipe a tar into the command: docker export CONTAINER | layers import - app:1.0',
    });
  }
  return { stream: stdin };
}
