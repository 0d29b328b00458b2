import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { LayersError } from '@layers/errors';
import { type Removal, removeImages } from '@layers/store/garbage';
import { CommandError } from '../command-error.js';
import type { RmiDocument } from '../documents/rmi.js';
import { type ExitStatus, exitStatusOf } from '../exit-status.js';
import { nameInStore } from '../input/image-name.js';
import { loadingHint, userStore } from '../input/stored-input.js';
import { errorText } from '../output/error-text.js';
import { viewOf } from '../output/view.js';
import { writeNotes } from '../output/write-out.js';
import { present } from '../render/present.js';
import { renderRemovals } from '../render/removals.js';
import type { ImageFlags, Session } from '../session.js';

export interface RmiFlags extends ImageFlags {
  readonly force?: boolean;
}

/** Runs `layers rmi`: removes tags, and an image with its last tag. A failure does not stop the others. */
export async function rmi(names: readonly string[], flags: RmiFlags, session: Session): Promise<ExitStatus> {
  const references = names.map(nameInStore);
  const store = userStore(session);
  const { force = false, platform } = flags;
  const { signal, stderr, env } = session;
  const failed: { readonly reference: string; readonly error: LayersError }[] = [];
  const removals = await removeImages(store, references, {
    force,
    platform,
    signal,
    onFailure(reference, error) {
      failed.push({ reference, error: withStoreHint(error, reference, () => loadingHint(store, reference)) });
    },
  });
  const failures = failed.map(({ reference, error: { code, message } }) => ({ reference, code, message }));
  const document: RmiDocument = {
    schemaVersion: SCHEMA_VERSION,
    store: { path: store.path },
    removals: removals.map(removalOf),
    failures,
    findings: [],
  };
  const status = await present(
    { document, render: () => renderRemovals(document.removals), showsFindings: true },
    flags,
    session,
  );
  const view = viewOf(stderr, env, flags);
  for (const { error } of failed) await writeNotes(stderr, [errorText(error, view, flags.verbose ?? false)]);
  // As docker: with --force an unknown name is no failure.
  const grave = failed.filter(({ error }) => !force || error.code !== 'ERR_LAYERS_IMAGE_NOT_FOUND');
  return grave.reduce<ExitStatus>((worst, { error }) => worse(worst, exitStatusOf(error)), status);
}

function withStoreHint(error: LayersError, reference: string, hint: () => string): LayersError {
  if (error.code !== 'ERR_LAYERS_IMAGE_NOT_FOUND') return error;
  return new CommandError(error.code, `no such image: ${reference}`, { hint: hint(), cause: error });
}

/** Returns the more severe status of two. */
function worse(a: ExitStatus, b: ExitStatus): ExitStatus {
  return b > a ? b : a;
}

function removalOf(removal: Removal): Removal {
  switch (removal.kind) {
    case 'untagged':
      return { kind: removal.kind, ref: removal.ref };
    case 'image':
      return { kind: removal.kind, id: removal.id, manifestDigest: removal.manifestDigest };
    case 'blob':
      return { kind: removal.kind, what: removal.what, digest: removal.digest, sizeBytes: removal.sizeBytes };
  }
}
