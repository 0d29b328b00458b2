import { findingsOfLayers, imageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import { pathFields } from '@layers/core/findings';
import { extractRootfs } from '@layers/rewrite/change';
import { checkDestination, type ExtractReport } from '@layers/rewrite/extract';
import { findingsOf } from '@layers/rewrite/image';
import type { ExtractDocument } from '../documents/extract.js';
import { ExitStatus } from '../exit-status.js';
import { lowerLayers } from '../flags/layer-flag.js';
import { withImage } from '../input/inputs.js';
import { createProgress, showsProgress } from '../output/progress.js';
import { viewOf } from '../output/view.js';
import { writeNotes } from '../output/write-out.js';
import { interruptedNote, renderExtract } from '../render/extract.js';
import { present, showsAllFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { createAcceptedDamage } from '../write/accepted-damage.js';
import { refuseExtractionIntoLayout } from '../write/layout-files.js';

export interface ExtractFlags extends ImageFlags {
  readonly force?: boolean;
  readonly forceDamaged?: boolean;
  readonly layer?: string;
  readonly sameOwner?: boolean;
}

/** Runs `layers extract`: writes the merged root file system to disk. */
export function extract(
  name: string,
  directory: string,
  paths: readonly string[],
  flags: ExtractFlags,
  session: Session,
): Promise<ExitStatus> {
  const { signal, stderr } = session;
  // Checked before a pipe is read: that can take long and cannot be repeated.
  refuseExtractionIntoLayout(directory);
  checkDestination(directory, flags.force ?? false);
  return withImage(
    name,
    flags,
    session,
    {
      contents: true,
      acceptsDamage: flags.forceDamaged ?? false,
      reuses: true,
      files: paths.length > 0,
      part: flags.layer === undefined ? undefined : lowerLayers(flags.layer),
    },
    async (image) => {
      const wanted = showsProgress(flags, stderr);
      const progress = createProgress(stderr, wanted);
      const damage = createAcceptedDamage(flags.forceDamaged ?? false);
      let report: ExtractReport;
      try {
        report = await extractRootfs(image, directory, {
          force: flags.force,
          sameOwner: flags.sameOwner,
          onMismatch: damage.onMismatch,
          paths: paths.length === 0 ? undefined : paths.map((path) => Buffer.from(path)),
          signal,
          ...(wanted ? { onProgress: progress.update } : {}),
        });
      } catch (error) {
        progress.stop();
        if (signal.aborted && flags.quiet !== true) {
          const view = viewOf(stderr, session.env, flags);
          await writeNotes(stderr, [interruptedNote(directory, view)]);
        }
        throw error;
      } finally {
        progress.stop();
      }
      const { files, directories, symlinks, links, others, writtenBytes, notDone, notDoneCounts } = report;
      const document: ExtractDocument = {
        schemaVersion: SCHEMA_VERSION,
        source: image.archive.source,
        image: imageInfo(image.description),
        upToLayer: image.description.upToLayer ?? null,
        output: { path: directory },
        written: { files, directories, symlinks, links, others, writtenBytes },
        notDoneCounts: Object.fromEntries(notDoneCounts),
        notDone: notDone.map(({ path, what, message }) => ({ ...pathFields(path), what, message })),
        // To merge all layers for findings about other paths takes longer than to extract a few.
        findings: damage.with(
          paths.length > 0 && !showsAllFindings(flags) ? findingsOfLayers(image) : findingsOf(image),
        ),
      };
      const status = await present(
        {
          document,
          render: (view) => renderExtract(document, view),
          showsFindings: false,
          warnings: document.findings,
        },
        flags,
        session,
      );
      return notDoneCounts.size === 0 ? status : ExitStatus.failed;
    },
  );
}
