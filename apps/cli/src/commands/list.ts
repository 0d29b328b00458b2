import type { ImageListDocument } from '@layers/core/analysis';
import type { ExitStatus } from '../exit-status.js';
import { isFolder } from '../input/folder-names.js';
import type { View } from '../output/view.js';
import { renderImageList } from '../render/image-list.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { imagesOf } from './archive-images.js';

/** Runs `layers list`: lists the images of archives, layouts, and indexes in a registry. */
export async function list(
  names: readonly string[],
  flags: ImageFlags,
  session: Session,
): Promise<ExitStatus> {
  const [name = '-'] = names;
  if (names.length > 1 || isFolder(name)) {
    const { listMany } = await import('./list-many.js');
    return listMany(names, flags, session);
  }
  return presentList(await imagesOf(name, flags, session), flags, session);
}

function presentList(document: ImageListDocument, flags: ImageFlags, session: Session): Promise<ExitStatus> {
  const render = (view: View) => renderImageList(document, view);
  return present({ document, items: document.images, render, showsFindings: true }, flags, session);
}
