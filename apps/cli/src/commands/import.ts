import { SCHEMA_VERSION } from '@layers/core/analysis';
import { parsePlatform } from '@layers/core/oci';
import { timeFromEpoch } from '@layers/rewrite/config';
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
import { withWriteProgress } from '../write/write-progress.js';

export interface ImportFlags extends ImageFlags {
  readonly change?: readonly string[];
  readonly message?: string;
  readonly compress?: 'gzip' | 'zstd';
}

/** Runs `layers import`: imports the tar of a root file system as an image of one layer. */
export async function importImage(
  file: string,
  reference: string | undefined,
  flags: ImportFlags,
  session: Session,
): Promise<ExitStatus> {
  const { change, message, platform, compress } = flags;
  const { env, signal } = session;
  const epoch = sourceDateEpoch(env);
  const { image, report } = await importRootfs(inputOf(file, session), {
    changes: change,
    message,
    platform: platform === undefined ? undefined : parsePlatform(platform),
    created: epoch === undefined ? undefined : timeFromEpoch(epoch),
    tags: reference === undefined ? undefined : tagFlags([nameInStore(reference)]),
    compression: compress === undefined ? undefined : { kind: compress, level: null },
  });
  const store = userStore(session, true);
  const [loaded] = await withWriteProgress(flags, session, ({ onProgress }) =>
    loadImages(store, [image], {
      signal,
      onProgress,
    }),
  );
  if (loaded === undefined) {
    throw new CommandError('ERR_LAYERS_INTERNAL', 'nothing was imported', { archive: file });
  }
  const { compression, entries, tarBytes, created, findings } = report();
  const document: ImportDocument = {
    schemaVersion: SCHEMA_VERSION,
    store: { path: store.path },
    source: { path: file, compression, entries, tarBytes },
    image: { ...loadedImage(loaded), created },
    findings,
  };
  if (flags.quiet !== true && flags.json !== true) await writeNotes(session.stderr, notes(document.findings));
  return present({ document, render: () => renderImport(document), showsFindings: false }, flags, session);
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
