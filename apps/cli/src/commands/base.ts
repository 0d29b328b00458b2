import { imageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import { type BaseCandidate, type BaseDocument, findBase } from '@layers/insight/base';
import type { ExitStatus } from '../exit-status.js';
import { describedBase } from '../input/base-layers.js';
import { describeImage } from '../input/describe-image.js';
import { withInputs } from '../input/inputs.js';
import { storedCandidates } from '../input/stored-candidates.js';
import { renderBase } from '../render/base.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface BaseFlags extends ImageFlags {
  readonly against?: readonly string[];
}

/**
 * Runs `layers base`: shows on which image an image was built. Reads documents only. Without `--against`, the images of the
 * store are compared.
 */
export function base(name: string, flags: BaseFlags, session: Session): Promise<ExitStatus> {
  return withInputs(flags, session, async (inputs) => {
    const { archive, description } = await describeImage(name, flags, inputs);
    const given: BaseCandidate[] = [];
    for (const against of flags.against ?? []) {
      const { layers, manifestDigest } = await describedBase(against, description.platform, inputs);
      const diffIds = layers.map(({ diffId }) => diffId);
      given.push({ name: against, digest: manifestDigest, diffIds });
    }
    const stored = flags.against === undefined ? storedCandidates(description, session) : null;
    const manifest = description.documents.find(
      ({ kind, name: document }) => kind === 'digest' && document === description.manifestName,
    );
    const document: BaseDocument = {
      schemaVersion: SCHEMA_VERSION,
      source: archive.source,
      image: imageInfo(description),
      layers: description.layers.length,
      evidence: findBase(description, manifest?.bytes ?? null, stored?.candidates ?? given),
      searchedStore: stored?.searched ?? null,
      findings: [...archive.findings, ...description.findings],
    };
    return present(
      {
        document,
        rows: document.evidence,
        render: (view) => renderBase(document, view),
        showsFindings: true,
      },
      flags,
      session,
    );
  });
}
