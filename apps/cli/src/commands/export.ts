import { imageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import { withAtomicFile } from '@layers/core/io';
import { exportRootfs } from '@layers/rewrite/change';
import { findingsOf } from '@layers/rewrite/image';
import { usageError } from '../command-error.js';
import type { ExportDocument } from '../documents/export.js';
import type { ExitStatus } from '../exit-status.js';
import { lowerLayers } from '../flags/layer-flag.js';
import { withImage } from '../input/inputs.js';
import { inputPath } from '../input/open-input.js';
import { writeChunk } from '../output/write-out.js';
import { renderExport } from '../render/export.js';
import { present, presentFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { createAcceptedDamage } from '../write/accepted-damage.js';
import { compressionOfName } from '../write/archive-compression.js';
import { outputPath, refuseEarly, refuseInputAsOutput } from '../write/check-output.js';
import { compressedTo } from '../write/compressed-to.js';
import { refuseImageOutput } from '../write/output-name.js';
import { withWriteProgress } from '../write/write-progress.js';

export interface ExportFlags extends ImageFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly forceDamaged?: boolean;
  readonly layer?: string;
}

/** Runs `layers export`: writes the merged root file system as one tar. */
export function exportImage(name: string, flags: ExportFlags, session: Session): Promise<ExitStatus> {
  const { force = false } = flags;
  const output = outputPath(flags.output ?? '-');
  const { stdout, signal } = session;
  if (output === '') {
    throw usageError('the name of the output is empty', 'name a file with -o');
  }
  if (output === '-' && flags.json === true) {
    throw usageError('--json and the tar cannot share standard output', 'name a file with -o');
  }
  refuseImageOutput(output);
  const compression = compressionOfName(output);
  refuseInputAsOutput(inputPath(name), output);
  refuseEarly({ path: output, format: 'tar' }, force, session);
  return withImage(
    name,
    flags,
    session,
    {
      contents: true,
      acceptsDamage: flags.forceDamaged ?? false,
      part: flags.layer === undefined ? undefined : lowerLayers(flags.layer),
    },
    async (image) => {
      refuseInputAsOutput(image.archive.source.path, output);
      const damage = createAcceptedDamage(flags.forceDamaged ?? false);
      const tar = exportRootfs(image, { signal, onMismatch: damage.onMismatch });
      const writeTo = (put: (chunk: Uint8Array) => Promise<void>): Promise<void> =>
        withWriteProgress(flags, session, async ({ onProgress }) => {
          let doneBytes = 0;
          for await (const chunk of tar.chunks()) {
            await put(chunk);
            doneBytes += chunk.length;
            onProgress?.({ doneBytes, totalBytes: tar.tarBytes });
          }
        });
      if (output === '-') {
        await writeTo((chunk) => writeChunk(stdout, chunk));
        return presentFindings(damage.with(findingsOf(image)), flags, session);
      }
      let sizeBytes = 0;
      await withAtomicFile(output, { force, signal }, (file) => {
        const counted = (chunk: Uint8Array): Promise<void> => {
          sizeBytes += chunk.length;
          return file.write(chunk);
        };
        return compression === null ? writeTo(counted) : compressedTo(compression, signal, counted, writeTo);
      });
      const findings = damage.with(findingsOf(image));
      const document: ExportDocument = {
        schemaVersion: SCHEMA_VERSION,
        source: image.archive.source,
        image: imageInfo(image.description),
        upToLayer: image.description.upToLayer ?? null,
        output: { path: output, compression, sizeBytes, entries: tar.entries },
        findings,
      };
      return present(
        {
          document,
          render: (view) => renderExport(document, view),
          showsFindings: false,
          warnings: findings,
        },
        flags,
        session,
      );
    },
  );
}
