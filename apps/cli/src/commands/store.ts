import { SCHEMA_VERSION } from '@layers/core/analysis';
import { checkStore } from '@layers/store/check';
import { storePath } from '@layers/store/layout';
import { usageError } from '../command-error.js';
import type { StoreCheckDocument, StorePathDocument } from '../documents/store.js';
import type { ExitStatus } from '../exit-status.js';
import { userStore } from '../input/stored-input.js';
import { present } from '../render/present.js';
import { renderStoreCheck } from '../render/store-check.js';
import type { ImageFlags, Session } from '../session.js';
import { withWriteProgress } from '../write/write-progress.js';

/** Runs `layers store`: prints the path of the store, or checks every blob in it. */
export function store(
  action: 'check' | 'path',
  flags: ImageFlags & { readonly repair?: boolean },
  session: Session,
): Promise<ExitStatus> {
  if (action === 'path' && flags.repair === true)
    throw usageError('store path excludes --repair', 'type layers store check --repair');
  return action === 'path' ? path(flags, session) : check(flags, session);
}

function path(flags: ImageFlags, session: Session): Promise<ExitStatus> {
  const document: StorePathDocument = {
    schemaVersion: SCHEMA_VERSION,
    path: storePath(session.env),
    findings: [],
  };
  // It is for scripts, so that it is not escaped.
  return present({ document, render: () => [`${document.path}\n`], showsFindings: true }, flags, session);
}

async function check(
  flags: ImageFlags & { readonly repair?: boolean },
  session: Session,
): Promise<ExitStatus> {
  const at = userStore(session);
  const found = await withWriteProgress(flags, session, (options) =>
    checkStore(at, { ...options, repair: flags.repair }),
  );
  const document: StoreCheckDocument = {
    schemaVersion: SCHEMA_VERSION,
    store: { path: at.path },
    isClean: found.isClean,
    images: found.images,
    blobs: found.blobs,
    storedBytes: found.storedBytes,
    unreferenced: found.unreferenced.map(({ digest, sizeBytes }) => ({ digest, sizeBytes })),
    partial: found.partial.map(({ path: file, sizeBytes, isLive }) => ({ path: file, sizeBytes, isLive })),
    unknown: found.unknown,
    absentPlatforms: found.absentPlatforms,
    repair: found.repair,
    findings: found.findings,
  };
  return present(
    {
      document,
      render: (view) => renderStoreCheck(document, view),
      showsFindings: 'always',
      isFailure: () => !document.isClean,
    },
    flags,
    session,
  );
}
