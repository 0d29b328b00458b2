import { createFinding, type Finding } from '@layers/core/findings';
import { tagNames } from '@layers/rewrite/archive';
import type { NewImage } from '@layers/rewrite/image';
import { escapeForTerminal } from '../output/escape.js';
import type { Feedback } from '../output/progress.js';
import { type ViewOptions, viewOf } from '../output/view.js';
import { writeNotes } from '../output/write-out.js';
import type { Session } from '../program/session.js';
import type { OutputFormat } from './output-name.js';

/** The formats in which images are looked up by the tag alone. */
const BY_TAG: ReadonlySet<OutputFormat> = new Set<OutputFormat>(['oci', 'oci-dir']);

/** Finds tags as `findSharedTags` and `findLostTags` do, and prints a warning for each on standard error. */
export async function reportTags(
  images: readonly Pick<NewImage, 'tags'>[],
  format: OutputFormat,
  options: ViewOptions & Feedback,
  session: Session,
): Promise<Finding[]> {
  const findings = [...findSharedTags(images, format), ...findLostTags(images, format)];
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
  if (BY_TAG.has(format)) return null;
  // Bare tags are the names of OCI layouts.
  const isBare = format === 'hybrid' && /^\w[\w.-]{0,127}$/.test(tag);
  return isBare ? null : 'is no name for Docker: docker load leaves the image without it';
}

/**
 * Finds tags that will name two images. OCI layouts name images by the tag alone: `a:latest` and `b:latest` are both
 * `latest` there (OCI annotations.md, "org.opencontainers.image.ref.name"). A finding for each such tag.
 */
export function findSharedTags(images: readonly Pick<NewImage, 'tags'>[], format: OutputFormat): Finding[] {
  if (!BY_TAG.has(format)) return [];
  const named = new Map<string, Map<number, string>>();
  for (const [i, { tags }] of images.entries()) {
    for (const tag of tags) {
      const reference = tagNames(tag)?.reference;
      if (reference === undefined) continue;
      const owners = named.get(reference) ?? new Map<number, string>();
      if (!owners.has(i)) owners.set(i, tag);
      named.set(reference, owners);
    }
  }
  return [...named]
    .filter(([, owners]) => owners.size > 1)
    .map(([reference, owners]) =>
      createFinding(
        'ambiguous-tag',
        `${reference} names ${owners.size} images of the layout: ${[...owners.values()].join(', ')}; tools that look up images by tag find only one of them, or fail`,
      ),
    );
}
