import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { DigestDocument } from '../documents/registry.js';
import type { ExitStatus } from '../exit-status.js';
import { findDigest, type ManifestFlags } from '../input/manifest-input.js';
import { present } from '../render/present.js';
import type { Session } from '../session.js';

/** Runs `layers digest`: prints the digest of the manifest or the index of an image. */
export async function digest(name: string, flags: ManifestFlags, session: Session): Promise<ExitStatus> {
  const found = await findDigest(name, flags, session);
  const document: DigestDocument = { schemaVersion: SCHEMA_VERSION, ...found, findings: [] };
  return present({ document, render: () => [`${found.digest}\n`], showsFindings: true }, flags, session);
}
