import { type VerifyDocument, verifyArchive, verifyOpenArchive } from '@layers/core/analysis';
import { withContext } from '@layers/errors';
import { ExitStatus } from '../exit-status.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { checkTransport, findInput, type ImageChoice, type Input } from '../input/open-input.js';
import { present } from '../render/present.js';
import { renderVerify } from '../render/verify.js';
import type { ImageFlags, Session } from '../session.js';

/** Runs `layers verify`: checks declared sizes, digests and structure. */
export async function verify(image: string, flags: ImageFlags, session: Session): Promise<ExitStatus> {
  const input = findInput(image, flags, session);
  const document = await withInputs(flags, session, (inputs) => verified(input, flags, inputs));
  const status = await present(
    { document, render: (view) => renderVerify(document, view), showsFindings: true },
    flags,
    session,
  );
  return document.verified ? status : ExitStatus.failed;
}

async function verified(input: Input, { platform }: ImageChoice, inputs: Inputs): Promise<VerifyDocument> {
  const { source, image, transport } = input;
  const { options } = inputs.start(input);
  const query = { image, platform };
  if ('reference' in source) {
    const { storedArchive } = await import('../input/stored-input.js');
    const archive = await storedArchive(source, query, inputs);
    return verifyOpenArchive(archive, query, options);
  }
  try {
    const document = await verifyArchive(source, query, options);
    checkTransport(document.source, transport);
    return document;
  } catch (error) {
    throw withContext(error, { archive: source.path });
  }
}
