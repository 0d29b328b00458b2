import { wasteDocument } from '@layers/core/analysis';
import type { ExitStatus } from '../exit-status.js';
import { baseLayersOf } from '../input/base-layers.js';
import { withAnalysis } from '../input/inputs.js';
import { present } from '../render/present.js';
import { renderWaste } from '../render/waste.js';
import type { ImageFlags, Session } from '../session.js';

export interface WasteFlags extends ImageFlags {
  readonly base?: string;
  readonly top?: number;
  readonly all?: boolean;
}

/** Runs `layers waste`: lists wasted files, with the layers that stored and removed them. */
export function waste(image: string, flags: WasteFlags, session: Session): Promise<ExitStatus> {
  return withAnalysis(image, flags, session, { listed: true }, async (analysis, inputs) => {
    const baseLayers = await baseLayersOf(analysis.image, flags.base, inputs);
    const document = wasteDocument(analysis, baseLayers);
    const { top = Infinity, all = false } = flags;
    const listed = document.waste.slice(0, top);
    return present(
      {
        document: { ...document, waste: listed },
        items: listed,
        render: (view) => renderWaste(document, { top, all }, view),
        showsFindings: true,
      },
      flags,
      session,
    );
  });
}
