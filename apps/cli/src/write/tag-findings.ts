import { createFinding, type Finding } from '@layers/core/findings';
import type { ImageDescription } from '@layers/core/image';
import { formatReference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import { tagNames } from '@layers/rewrite/archive';
import type { NewImage } from '@layers/rewrite/image';
import type { OutputFormat } from '../documents/archive-form.js';
import { escapeForTerminal } from '../output/escape.js';
import type { Feedback } from '../output/progress.js';
import { type ViewOptions, viewOf } from '../output/view.js';
import { writeNotes } from '../output/write-out.js';
import type { Session } from '../session.js';

/** The formats that name images by any text. */
const ANY_NAME: ReadonlySet<OutputFormat | 'store'> = new Set(['oci', 'oci-dir', 'store']);

/** An image to be written, with its tags. */
export interface TaggedImage extends Pick<NewImage, 'tags'> {
  /** The names that it was read with. */
  readonly read?: Pick<ImageDescription, 'tags' | 'refNames'> | undefined;
}

/** Finds tags as `findLostTags` does, and prints a warning for each on standard error. */
export async function reportTags(
  images: readonly TaggedImage[],
  format: OutputFormat | 'store',
  options: ViewOptions & Feedback,
  session: Session,
): Promise<Finding[]> {
  const findings = findLostTags(images, format);
  await printWarnings(findings, options, session);
  return findings;
}

/** Joins images to be written and the names that they were read with. */
export function taggedImages(
  images: readonly Pick<NewImage, 'tags'>[],
  read: readonly NonNullable<TaggedImage['read']>[],
): readonly TaggedImage[] {
  return images.map(({ tags }, i) => ({ tags, read: read[i] }));
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

/** Finds names that the output does not have as they are. A finding for each such name. */
export function findLostTags(images: readonly TaggedImage[], format: OutputFormat | 'store'): Finding[] {
  return images.flatMap((image) => {
    const lost = [
      ...image.tags.map((tag) => ({ name: tag, loss: lossOf(tag, format) })),
      ...lostRefNames(image).map((name) => ({ name, loss: lossOfRefName(name, image) })),
    ];
    return lost.flatMap(({ name, loss }) =>
      loss === null ? [] : [createFinding('tag-not-written', `the name ${JSON.stringify(name)} ${loss}`)],
    );
  });
}

function lossOf(tag: string, format: OutputFormat | 'store'): string | null {
  const names = tagNames(tag);
  if (names === null) return WITHOUT_TAG;
  if (names.familiar !== null) return tag.includes('@') ? 'is written without its digest' : null;
  if (ANY_NAME.has(format)) return null;
  // Archives of both forms contain bare tags, as OCI layouts have them, but Docker does not read them there.
  return 'is no name for Docker: docker load leaves the image without it';
}

const WITHOUT_TAG = 'is not written: it has a digest, and no tag';

/** Returns the literal names of a layout that the tags do not contain; none where only some of the tags are written. */
function lostRefNames({ tags, read }: TaggedImage): readonly string[] {
  const written = new Set(tags);
  if (read?.refNames === undefined || !read.tags.every((tag) => written.has(tag))) return [];
  const known = new Set(tags.flatMap((tag) => [...formsOf(tag), tryParseReference(tag)?.tag]));
  return read.refNames.filter((name) => !formsOf(name).some((form) => known.has(form)));
}

/** Returns a name as it is, and fully qualified. */
function formsOf(name: string): readonly string[] {
  const reference = tryParseReference(name);
  return reference === undefined ? [name] : [name, formatReference(withDefaultTag(reference))];
}

function lossOfRefName(name: string, { tags }: TaggedImage): string {
  return tagNames(name) === null || tags.length === 0
    ? WITHOUT_TAG
    : `is not written: the image is also named ${tags.join(', ')}, which is`;
}
