import type { Digest } from '@layers/core/digest';
import { createFinding, type Finding } from '@layers/core/findings';
import type { ImageDescription } from '@layers/core/image';

/** An image that is written, and what was read. */
interface WrittenImage {
  readonly description: Pick<ImageDescription, 'attestations' | 'tags' | 'manifestDigest'>;
  /** Whether the output has another manifest, so that the attestations are not about it. */
  readonly isChanged: boolean;
}

/** Finds attestations that the output lacks. A finding for all images of one name. */
export function findLeftOutAttestations(written: readonly WrittenImage[]): Finding[] {
  const byName = new Map<string, { readonly digests: Set<Digest>; isChanged: boolean }>();
  for (const { description, isChanged } of written) {
    const { attestations = [], tags, manifestDigest } = description;
    const name = tags[0] ?? manifestDigest ?? 'the image';
    const found = byName.get(name) ?? { digests: new Set<Digest>(), isChanged };
    for (const digest of attestations) found.digests.add(digest);
    byName.set(name, { ...found, isChanged: found.isChanged || isChanged });
  }
  return [...byName].flatMap(([name, { digests, isChanged }]) =>
    leftOutAttestations(name, [...digests], isChanged),
  );
}

/** Returns the finding about attestations that are not written; none if `digests` is empty. */
function leftOutAttestations(name: string, digests: readonly Digest[], isChanged: boolean): Finding[] {
  if (digests.length === 0) return [];
  const many = digests.length > 1;
  const more = digests.length > MAX_LISTED ? ` and ${digests.length - MAX_LISTED} more` : '';
  const listed = `${digests.slice(0, MAX_LISTED).join(', ')}${more}`;
  const what = many ? `its ${digests.length} attestations` : 'its attestation';
  const why = isChanged ? `, which ${many ? 'are' : 'is'} about the image before the change` : '';
  return [createFinding('attestations-left-out', `${name} is written without ${what} (${listed})${why}`)];
}

const MAX_LISTED = 3;
