import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { ArchiveListDocument } from '../documents/image-sets.js';
import type { ExitStatus } from '../exit-status.js';
import { readEach } from '../input/each-input.js';
import { renderArchiveList } from '../render/image-list.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { imagesOf } from './archive-images.js';

/** Runs `layers list` for several archives: the images of all, in one table. */
export async function listMany(
  names: readonly string[],
  flags: ImageFlags,
  session: Session,
): Promise<ExitStatus> {
  const { results, failures, skipped } = await readEach(names, async (name) => [
    await imagesOf(name, flags, session),
  ]);
  const document: ArchiveListDocument = {
    schemaVersion: SCHEMA_VERSION,
    archives: results,
    failures,
    skipped,
    findings: [],
  };
  const items = results.flatMap(({ source, images }) =>
    images.map((image) => ({ archive: source.path, ...image })),
  );
  const isDamaged = results.some(({ findings }) => findings.some(({ severity }) => severity === 'error'));
  return present(
    {
      document,
      items,
      render: (view) => renderArchiveList(document, view),
      showsFindings: true,
      isFailure: () => failures.length > 0 || isDamaged,
    },
    flags,
    session,
  );
}
