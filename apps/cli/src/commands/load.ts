import { withLease } from '@layers/store/lease';
import { loadImages } from '@layers/store/load';
import { loadDocument } from '../documents/load.js';
import type { ExitStatus } from '../exit-status.js';
import { chosenImages, type LoadFlags, loadInput, withWholeArchive } from '../input/load-input.js';
import { platformsNote } from '../input/load-platforms.js';
import type { Opened } from '../input/read.js';
import { userStore } from '../input/stored-input.js';
import { isReadOnce } from '../input/unpacked-input.js';
import { escapeForTerminal } from '../output/escape.js';
import type { Session } from '../program/session.js';
import { renderLoad } from '../render/load.js';
import { withWriteProgress } from '../write/write-change.js';
import { present } from './present.js';

/** Runs `layers load`: loads images of an archive into the local store, or into a Docker Engine. */
export async function load(flags: LoadFlags, session: Session): Promise<ExitStatus> {
  if (flags.to !== undefined) {
    const { loadIntoDaemon } = await import('./load-daemon.js');
    return loadIntoDaemon(flags, session);
  }
  const input = loadInput(flags, session);
  const put = (folder: string | null) =>
    withWholeArchive(input, folder, flags, session, (opened) => putInto(opened, flags, session));
  // The temporary copy is in the store then: on its disk, and cleaned up even if the process is killed.
  return isReadOnce(input) ? withLease(userStore(session, true), ({ folder }) => put(folder)) : put(null);
}

async function putInto(opened: Opened, flags: LoadFlags, session: Session): Promise<ExitStatus> {
  const images = await chosenImages(opened, flags);
  const note = opened.input.image === undefined ? platformsNote(opened.archive.images, flags) : null;
  if (note !== null && flags.quiet !== true) session.stderr.write(`note: ${escapeForTerminal(note)}\n`);
  const store = userStore(session, true);
  const { signal } = session;
  const loaded = await withWriteProgress(flags, session, ({ onProgress }) =>
    loadImages(store, images, {
      signal,
      onProgress,
    }),
  );
  const document = loadDocument(store.path, opened.archive.source, loaded);
  return present({ document, render: () => renderLoad(document), showsFindings: true }, flags, session);
}
