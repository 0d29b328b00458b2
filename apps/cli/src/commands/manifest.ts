import { escapeJsonText, SCHEMA_VERSION } from '@layers/core/analysis';
import { parseJson } from '@layers/core/oci';
import type { ManifestDocument } from '../documents/registry.js';
import { ExitStatus } from '../exit-status.js';
import { findManifest, type ManifestFlags } from '../input/manifest-input.js';
import { writeChunk } from '../output/write-out.js';
import { present, templateOf } from '../render/present.js';
import type { Session } from '../session.js';

/** Runs `layers manifest`: prints the manifest or the index of an image, byte for byte. */
export async function manifest(name: string, flags: ManifestFlags, session: Session): Promise<ExitStatus> {
  const { stdout } = session;
  const { reference, bytes, mediaType, digest } = await findManifest(name, flags, session);
  if (flags.json !== true && templateOf(flags) === null) {
    // A terminal gets the same text, with an end of line.
    await writeChunk(stdout, stdout.isTTY ? `${terminalText(bytes)}\n` : bytes);
    return ExitStatus.done;
  }
  const document: ManifestDocument = {
    schemaVersion: SCHEMA_VERSION,
    reference,
    digest,
    mediaType,
    sizeBytes: bytes.length,
    manifest: parseJson(bytes, reference),
    findings: [],
  };
  return present({ document, render: () => [], showsFindings: true }, flags, session);
}

/** Returns JSON text that cannot control a terminal. Outside of its strings, only spaces and ends of lines are valid. */
function terminalText(bytes: Uint8Array): string {
  return escapeJsonText(new TextDecoder().decode(bytes)).replaceAll('\r', '').trimEnd();
}
