import { imageListDocument } from '@layers/core/analysis';
import type { ExitStatus } from '../exit-status.js';
import { withInputs } from '../input/inputs.js';
import { findInput } from '../input/open-input.js';
import type { View } from '../output/view.js';
import type { ImageFlags, Session } from '../program/session.js';
import { renderImageList } from '../render/image-list.js';
import { present } from '../render/present.js';

/** Runs `layers list`: lists the images of an archive or layout. */
export function list(name: string, flags: ImageFlags, session: Session): Promise<ExitStatus> {
  const input = findInput(name, flags, session);
  return withInputs(flags, session, async (inputs) => {
    const { archive, endProgress } = await inputs.open(input, flags, {});
    endProgress();
    const document = imageListDocument(archive);
    const render = (view: View) => renderImageList(document, view);
    return present({ document, items: document.images, render, showsFindings: true }, flags, session);
  });
}
