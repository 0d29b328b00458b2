import { createFinding, type Finding } from '@layers/core/findings';
import { tagNames } from '@layers/rewrite/archive';
import type { NewImage } from '@layers/rewrite/image';
import type { OutputFormat } from '../documents/archive-form.js';
import { escapeForTerminal } from '../output/escape.js';
import type { Feedback } from '../output/progress.js';
import { type ViewOptions, viewOf } from '../output/view.js';
import { writeNotes } from '../output/write-out.js';
import type { Session } from '../session.js';

/** The formats that name images by any text. */
const ANY_NAME: ReadonlySet<OutputFormat> = new Set<OutputFormat>(['oci', 'oci-dir']);

/** Finds tags as `findLostTags` does, and prints a warning for each on standard error. */
export async function reportTags(
  images: readonly Pick<NewImage, 'tags'>[],
  format: OutputFormat,
  options: ViewOptions & Feedback,
  session: Session,
): Promise<Finding[]> {
  const findings = findLostTags(images, format);
  await printWarnings(findings, options, session);
  return findings;
}

/** Prints findings about the output on standard error, unless `quiet` is set. */
export async function printWarnings(
  findings: readonly Finding[],
  options: ViewOptions & Feedback,
  { stderr, env }: Session,
): Promise<void> {
  if (options.quiet === true || findings.length === 0) return;
  const { colours } = viewOf(stderr, env, options);
  const lines = findings.map(
    ({ message }) => `${colours.yellow('warning:')} ${escapeForTerminal(message)}\n`,
  );
  await writeNotes(stderr, lines);
}

/** Finds tags that the format cannot contain as they are. A finding for each such tag. */
export function findLostTags(images: readonly Pick<NewImage, 'tags'>[], format: OutputFormat): Finding[] {
  return images.flatMap(({ tags }) =>
    tags.flatMap((tag) => {
      const loss = lossOf(tag, format);
      return loss === null
        ? []
        : [createFinding('tag-not-written', `the name ${JSON.stringify(tag)} ${loss}`)];
    }),
  );
}

function lossOf(tag: string, format: OutputFormat): string | null {
  const names = tagNames(tag);
  if (names === null) return 'is not written: it has a digest, and no tag';
  if (names.familiar !== null) return tag.includes('@') ? 'is written without its digest' : null;
  if (ANY_NAME.has(format)) return null;
  // Bare tags are the names of OCI layouts.
  const isBare = format === 'hybrid' && /^\w[\w.-]{0,127}$/.test(tag);
  return isBare ? null : 'is no name for Docker: docker load leaves the image without it';
}
