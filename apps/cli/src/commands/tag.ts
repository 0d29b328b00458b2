import { SCHEMA_VERSION } from '@layers/core/analysis';
import { isLayersError } from '@layers/errors';
import { tagImage } from '@layers/store/images';
import type { TagDocument } from '../documents/tag.js';
import type { ExitStatus } from '../exit-status.js';
import { tagFlags } from '../flags/tag-flags.js';
import { nameInStore } from '../input/image-name.js';
import { foundImage, userStore } from '../input/stored-input.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

/** Runs `layers tag`: adds a tag to an image of the store. */
export async function tag(
  sourceName: string,
  targetName: string,
  flags: ImageFlags,
  session: Session,
): Promise<ExitStatus> {
  const [source, target] = [nameInStore(sourceName), nameInStore(targetName)];
  const [name = target] = tagFlags([target]) ?? [];
  const store = userStore(session);
  const { platform } = flags;
  const { id, manifestDigest } = foundImage(store, source, platform);
  try {
    await tagImage(store, source, target, { platform, signal: session.signal });
  } catch (error) {
    // Another process may have removed it meanwhile: report that as for an unknown image.
    if (isLayersError(error) && error.code === 'ERR_LAYERS_IMAGE_NOT_FOUND')
      foundImage(store, source, platform);
    throw error;
  }
  const document: TagDocument = {
    schemaVersion: SCHEMA_VERSION,
    store: { path: store.path },
    image: { id, manifestDigest },
    tag: name,
    findings: [],
  };
  return present({ document, render: () => [], showsFindings: true }, flags, session);
}
