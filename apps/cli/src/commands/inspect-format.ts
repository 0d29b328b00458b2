import { declaredInspectDocument, inspectDocument } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { Archive, ImageDescription } from '@layers/core/image';
import { dockerImage } from '../documents/docker-image.js';
import { otherImageNames } from '../documents/other-image-names.js';
import { ExitStatus } from '../exit-status.js';
import type { InspectFlags } from '../flags/inspect-flags.js';
import { describeImage } from '../input/describe-image.js';
import { describedImage } from '../input/described-input.js';
import { withAnalysis, withInputs } from '../input/inputs.js';
import { presentFindings } from '../render/present.js';
import type { Session } from '../session.js';
import { DocumentTemplate } from '../template/compiled-format.js';
import { dockerValue } from '../template/docker-value.js';
import { writeTemplateText } from '../template/write-template-text.js';

/** The fields of our document that only the layers tell. */
const OF_LAYERS = [
  'totals',
  'layers',
  'layersRead',
  'waste',
  'wastedBytesByCause',
  'base',
  'findings',
  'otherPlatforms',
];

/**
 * Runs `layers inspect --format`: prints a template over each image, as docker does. Layers are read only for templates that
 * ask for what they tell, such as `{{.totals.wastedBytes}}`.
 */
export async function inspectFormat(
  images: readonly string[],
  format: string,
  flags: InspectFlags,
  session: Session,
): Promise<ExitStatus> {
  const template = new DocumentTemplate(format);
  const readsLayers = OF_LAYERS.some((name) => template.uses(name));
  let status: ExitStatus = ExitStatus.done;
  for (const image of images) {
    const failed = await (readsLayers ? withLayers(image) : withDocuments(image));
    if (failed !== ExitStatus.done) status = failed;
  }
  return status;

  function withDocuments(image: string): Promise<ExitStatus> {
    return withInputs(flags, session, async (inputs) => {
      const { archive, description } = await describeImage(image, flags, inputs, true);
      return print(archive, description, declaredInspectDocument(archive, description, []));
    });
  }

  async function withLayers(image: string): Promise<ExitStatus> {
    const described = await describedImage(image, flags, session);
    if (described !== null) {
      const { archive, description, others } = described;
      return print(archive, description, declaredInspectDocument(archive, description, others));
    }
    return withAnalysis(image, flags, session, {}, (analysis) => {
      const { archive, description } = analysis.image;
      return print(archive, description, inspectDocument(analysis, { top: flags.top }));
    });
  }

  async function print(
    archive: Archive,
    description: ImageDescription,
    document: { readonly findings: readonly Finding[] },
  ): Promise<ExitStatus> {
    const image = dockerImage(description);
    const value = dockerValue(image, { names: () => otherImageNames(description), document });
    await writeTemplateText(`${template.text(value, image)}\n`, session);
    const findings = readsLayers ? document.findings : [...archive.findings, ...description.findings];
    return presentFindings(findings, flags, session);
  }
}
