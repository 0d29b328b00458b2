import { SCHEMA_VERSION } from '@layers/core/analysis';
import { pruneStore } from '@layers/store/garbage';
import type { StoreBlob } from '@layers/store/layout';
import type { PruneDocument } from '../documents/prune.js';
import type { ExitStatus } from '../exit-status.js';
import { parseDuration } from '../flags/parse-duration.js';
import { userStore } from '../input/stored-input.js';
import { present } from '../render/present.js';
import { renderPrune } from '../render/prune.js';
import type { ImageFlags, Session } from '../session.js';

export interface PruneFlags extends ImageFlags {
  readonly grace?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/** Runs `layers prune`: deletes untagged images and unused blobs. Unlike docker, it asks for no confirmation. */
export async function prune(flags: PruneFlags, session: Session): Promise<ExitStatus> {
  const graceSeconds = flags.grace === undefined ? undefined : parseDuration(flags.grace);
  const store = userStore(session);
  const dryRun = flags.dryRun ?? false;
  const report = await pruneStore(store, { graceSeconds, dryRun, signal: session.signal });
  const document: PruneDocument = {
    schemaVersion: SCHEMA_VERSION,
    store: { path: store.path },
    dryRun,
    images: report.images.map(({ id, manifestDigest }) => ({ id, manifestDigest })),
    blobs: report.blobs.map(blobOf),
    reclaimedBytes: report.reclaimedBytes,
    keptByGrace: report.keptByGrace.map(blobOf),
    keptByLease: report.keptByLease.map(blobOf),
    abandonedUploads: report.abandonedUploads,
    unreadable: report.unreadable.map(({ digest, message }) => ({ digest, message })),
    findings: [],
  };
  return present(
    {
      document,
      render: (view) => renderPrune(document, view),
      showsFindings: true,
      isFailure: () => document.unreadable.length > 0,
    },
    flags,
    session,
  );
}

function blobOf({ digest, sizeBytes: size }: StoreBlob): StoreBlob {
  return { digest, sizeBytes: size };
}
