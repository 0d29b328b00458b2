import { type VerifyDocument, verifyArchive, verifyOpenArchive } from '@layers/core/analysis';
import type { ReadOptions } from '@layers/core/image';
import { withContext } from '@layers/errors';
import { ExitStatus } from '../exit-status.js';
import { checkTransport, findInput, type Input } from '../input/open-input.js';
import { withInput } from '../input/read.js';
import type { ImageFlags, Session } from '../program/session.js';
import { renderVerify } from '../render/verify.js';
import { present } from './present.js';

/** Runs `layers verify`: checks declared sizes, digests and structure. */
export async function verify(image: string, flags: ImageFlags, session: Session): Promise<ExitStatus> {
  const input = findInput(image, flags, session);
  const document = await withInput(input, flags, session, (options) =>
    verified(input, flags, session, options),
  );
  const status = await present(
    { document, render: (view) => renderVerify(document, view), showsFindings: true },
    flags,
    session,
  );
  return document.verified ? status : ExitStatus.failed;
}

async function verified(
  { source, image, transport }: Input,
  flags: ImageFlags,
  session: Session,
  options: ReadOptions,
): Promise<VerifyDocument> {
  const query = { image, platform: flags.platform };
  if ('reference' in source) {
    const { withStoredImage } = await import('../input/stored-input.js');
    return withStoredImage(source.reference, flags, session, (archive) =>
      verifyOpenArchive(archive, query, options),
    );
  }
  try {
    const document = await verifyArchive(source, query, options);
    checkTransport(document.source, transport);
    return document;
  } catch (error) {
    throw withContext(error, { archive: source.path });
  }
}
