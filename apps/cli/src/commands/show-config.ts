import { imageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Archive, ImageDescription } from '@layers/core/image';
import type { ConfigDocument } from '../documents/config.js';
import type { ExitStatus } from '../exit-status.js';
import { describedImage } from '../input/described-input.js';
import { withInputs } from '../input/inputs.js';
import { chooseImage, findInput } from '../input/open-input.js';
import { renderConfig } from '../render/config.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

/** Runs `layers config` without an edit: shows the config. Reads documents only. */
export async function showConfig(name: string, flags: ImageFlags, session: Session): Promise<ExitStatus> {
  const described = await describedImage(name, flags, session);
  if (described !== null) return show(described.archive, described.description, flags, session);
  const input = findInput(name, flags, session);
  return withInputs(flags, session, async (inputs) => {
    const { archive, endProgress } = await inputs.open(input, flags, {});
    endProgress();
    return show(archive, chooseImage(archive, input, flags, true), flags, session);
  });
}

function show(
  { source, findings }: Archive,
  description: ImageDescription,
  flags: ImageFlags,
  session: Session,
): Promise<ExitStatus> {
  const document: ConfigDocument = {
    schemaVersion: SCHEMA_VERSION,
    source,
    image: imageInfo(description),
    findings: [...findings, ...description.findings],
  };
  return present(
    { document, render: (view) => renderConfig(document, view), showsFindings: true },
    flags,
    session,
  );
}
