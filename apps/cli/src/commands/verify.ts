import { verifyArchive } from '@layers/core';
import { placed } from '@layers/tar';
import { ExitStatus } from '../exit-status.js';
import { checkTransport, findInput } from '../input/open-input.js';
import type { ImageFlags, Session } from '../program/session.js';
import { renderVerify } from '../render/verify.js';
import { present } from './present.js';
import { withInput } from './read.js';

/** `layers verify`: every size and digest that is claimed, and the structure. */
export async function verify(image: string, flags: ImageFlags, session: Session): Promise<ExitStatus> {
  const input = findInput(image, flags, session);
  const document = await withInput(input, flags, session, async (options) => {
    try {
      const query = { image: input.image, platform: flags.platform };
      const verified = await verifyArchive(input.source, query, options);
      checkTransport(verified.source, input.transport);
      return verified;
    } catch (error) {
      throw placed(error, { archive: input.source.path });
    }
  });
  const status = await present(
    { document, render: (view) => renderVerify(document, view), tellsFindings: true },
    flags,
    session,
  );
  return document.verified ? status : ExitStatus.no;
}
