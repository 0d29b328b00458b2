import { treeDocument } from '@layers/core/analysis';
import type { ExitStatus } from '../exit-status.js';
import { layerPosition } from '../flags/layer-flag.js';
import { withAnalysis } from '../input/inputs.js';
import { present } from '../render/present.js';
import { renderTree } from '../render/tree.js';
import { treeRows } from '../render/tree-rows.js';
import type { ImageFlags, Session } from '../session.js';

export interface TreeFlags extends ImageFlags {
  readonly depth?: number;
  readonly layer?: string;
  readonly sort?: 'size' | 'name';
  readonly top?: number;
  readonly all?: boolean;
  readonly waste?: boolean;
}

/** Runs `layers tree`: shows the merged file system, the entries of one layer, or wasted files, as a tree with sizes. */
export function tree(
  image: string,
  path: string | undefined,
  flags: TreeFlags,
  session: Session,
): Promise<ExitStatus> {
  const { depth, sort = 'size', waste, all = false } = flags;
  const top = all ? Infinity : flags.top;
  return withAnalysis(
    image,
    flags,
    session,
    waste === true ? { listed: true } : { lazy: true },
    async (analysis) => {
      const layer = flags.layer === undefined ? undefined : layerPosition(flags.layer, analysis.image);
      const document = treeDocument(analysis, { path, depth, layer, waste });
      return present(
        {
          document,
          rows: treeRows(document),
          render: (view) => renderTree(document, { sort, top }, view),
          showsFindings: false,
        },
        flags,
        session,
      );
    },
  );
}
