import { dockerImage } from '../documents/docker-image.js';
import { ExitStatus } from '../exit-status.js';
import { describeImage } from '../input/describe-image.js';
import { withInputs } from '../input/inputs.js';
import { presentFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { dockerValue } from '../template/docker-value.js';
import { OutputTemplate } from '../template/output-template.js';
import { writeTemplateText } from '../template/write-template-text.js';

/** Runs `layers inspect --format`: prints a template over each image, as docker does. Reads documents only. */
export async function inspectFormat(
  images: readonly string[],
  format: string,
  flags: ImageFlags,
  session: Session,
): Promise<ExitStatus> {
  const template = new OutputTemplate(format);
  let status: ExitStatus = ExitStatus.done;
  for (const image of images) {
    const failed = await withInputs(flags, session, async (inputs) => {
      const { archive, description } = await describeImage(image, flags, inputs, true);
      const document = dockerImage(description);
      const text = template.text(dockerValue(document), document);
      await writeTemplateText(`${text}\n`, session);
      return presentFindings([...archive.findings, ...description.findings], flags, session);
    });
    if (failed !== ExitStatus.done) status = failed;
  }
  return status;
}
