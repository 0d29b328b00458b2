import { imageInfo, type SourceInfo } from '@layers/core';
import { exportRootfs, withAtomicFile } from '@layers/rewrite';
import { LayersError } from '@layers/tar';
import { ExitStatus } from '../exit-status.js';
import { writeChunk } from '../output/write-out.js';
import { refuseTerminal } from '../output/write-target.js';
import type { ImageFlags, Session } from '../program/session.js';
import { renderExport } from '../render/export.js';
import { present } from './present.js';
import { withImage } from './read.js';

export interface ExportFlags extends ImageFlags {
  readonly output?: string;
  readonly force?: boolean;
}

/** What `layers export --json` prints. */
export interface ExportDocument {
  readonly schemaVersion: 1;
  readonly source: SourceInfo;
  readonly image: ReturnType<typeof imageInfo>;
  readonly output: { readonly path: string; readonly bytes: number; readonly entries: number };
  readonly findings: readonly [];
}

/** `layers export`: the merged root file system as one tar. */
export function exportImage(name: string, flags: ExportFlags, session: Session): Promise<ExitStatus> {
  const { output = '-', force = false } = flags;
  const { stdout, signal } = session;
  if (output === '-') {
    refuseTerminal(session);
    if (flags.json === true) {
      throw new LayersError('ERR_LAYERS_USAGE', '--json and the tar both want standard output', {
        hint: 'name a file with -o',
      });
    }
  }
  return withImage(name, flags, session, { contents: true }, async (image) => {
    const tar = exportRootfs(image, { signal });
    if (output === '-') {
      for await (const chunk of tar.chunks()) await writeChunk(stdout, chunk);
      return ExitStatus.done;
    }
    await withAtomicFile(output, { force, signal }, async (file) => {
      for await (const chunk of tar.chunks()) await file.write(chunk);
    });
    const document: ExportDocument = {
      schemaVersion: 1,
      source: image.archive.source,
      image: imageInfo(image.description),
      output: { path: output, bytes: tar.bytes, entries: tar.entries },
      findings: [],
    };
    return present(
      { document, render: (view) => renderExport(document, view), tellsFindings: true },
      flags,
      session,
    );
  });
}
