import { listEntries, listHead } from '@layers/core/analysis';
import type { ExitStatus } from '../exit-status.js';
import { layerPosition } from '../flags/layer-flag.js';
import { withAnalysis } from '../input/inputs.js';
import { renderList } from '../render/list.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface ListFlags extends ImageFlags {
  readonly long?: boolean;
  readonly recursive?: boolean;
  readonly layer?: string;
  readonly digest?: boolean;
}

/** Runs `layers ls`: lists the merged file system, or the entries of one layer. */
export function ls(
  image: string,
  path: string | undefined,
  flags: ListFlags,
  session: Session,
): Promise<ExitStatus> {
  const { recursive = false, digest = false, long = false } = flags;
  return withAnalysis(
    image,
    flags,
    session,
    { contents: digest, files: digest, lazy: !digest || !recursive },
    async (analysis) => {
      const layer = flags.layer === undefined ? undefined : layerPosition(flags.layer, analysis.image);
      const options = { path, recursive, layer, digest };
      const { findings, ...head } = listHead(analysis, options);
      // Generated while they are written: there may be millions.
      const entries = await listEntries(analysis, options);
      const shown = { long: long || digest, paths: recursive || layer !== undefined };
      return present(
        {
          document: { ...head, entries, findings },
          items: entries,
          render: (view) => renderList(entries, shown, view),
          showsFindings: false,
        },
        flags,
        session,
      );
    },
  );
}
