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

/** Finds tags as `findSharedTags` does, and prints a warning for each on standard error. */
export async function reportSharedTags(
  images: readonly Pick<NewImage, 'tags'>[],
  format: OutputFormat,
  options: ViewOptions & Feedback,
  { stderr, env }: Session,
): Promise<Finding[]> {
  const findings = findSharedTags(images, format);
  if (options.quiet === true) return findings;
  const { colours } = viewOf(stderr, env, options);
  const lines = findings.map(
    ({ message }) => `${colours.yellow('warning:')} ${escapeForTerminal(message)}\n`,
  );
  await writeNotes(stderr, lines);
  return findings;
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
