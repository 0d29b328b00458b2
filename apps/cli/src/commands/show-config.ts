import { imageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { ConfigDocument } from '../documents/config.js';
import type { ExitStatus } from '../exit-status.js';
import { describeImage } from '../input/describe-image.js';
import { withInputs } from '../input/inputs.js';
import { renderConfig } from '../render/config.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

/** Runs `layers config` without an edit: shows the config. Reads documents only. */
export function showConfig(name: string, flags: ImageFlags, session: Session): Promise<ExitStatus> {
  return withInputs(flags, session, async (inputs) => {
    const { archive, description } = await describeImage(name, flags, inputs, true);
    const document: ConfigDocument = {
      schemaVersion: SCHEMA_VERSION,
      source: archive.source,
      image: imageInfo(description),
      findings: [...archive.findings, ...description.findings],
    };
    return present(
      { document, render: (view) => renderConfig(document, view), showsFindings: true },
      flags,
      session,
    );
  });
}
