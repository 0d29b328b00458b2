import { logDocument } from '@layers/insight/log';
import type { ExitStatus } from '../exit-status.js';
import { withImage } from '../input/inputs.js';
import { renderLog } from '../render/log.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface LogFlags extends ImageFlags {
  readonly patch?: boolean;
}

/** Runs `layers log`: shows what each layer did to one path. */
export function log(image: string, path: string, flags: LogFlags, session: Session): Promise<ExitStatus> {
  const { signal, stdout } = session;
  const { patch } = flags;
  return withImage(
    image,
    flags,
    session,
    { contents: true, artifacts: true, reuses: true, files: true },
    async (read) => {
      const document = await logDocument(read, path, { patch, signal });
      read.archive.checkUnchanged();
      return present(
        {
          document,
          items: document.events,
          render: (view) => {
            const exact = stdout.isTTY !== true && !view.colours.isColorSupported;
            return renderLog(document, { patch: patch ?? false, exact }, view);
          },
          showsFindings: false,
        },
        flags,
        session,
      );
    },
  );
}
