import { familiarReference, formatReference, tryParseReference, withDefaultTag } from '@layers/core/oci';

/** A tag of an image in the forms that archives have it. */
export interface TagNames {
  /** As docker shows it, `alpine:3.20`, for RepoTags; null for what is no name with a tag. */
  readonly familiar: string | null;
  /** Fully qualified, `docker.io/library/alpine:3.20`, for containerd; null as above. */
  readonly qualified: string | null;
  /** The tag alone, `3.20`, which is what OCI calls the reference name. */
  readonly reference: string;
}

/**
 * The forms of a tag. A bare one, as OCI layouts have them, belongs to no name: `latest` stays `latest` and does not
 * become an image of that name. What is no reference, which only a hostile archive has, stays as it is too: docker
 * would refuse the whole archive for it. Null for a name with a digest and no tag.
 */
export function tagNames(tag: string): TagNames | null {
  const parsed = /[:/@]/.test(tag) ? tryParseReference(tag) : undefined;
  if (parsed === undefined) return { familiar: null, qualified: null, reference: tag };
  const reference = withDefaultTag(parsed);
  if (reference.tag === undefined) return null;
  const named = { ...reference, digest: undefined };
  return {
    familiar: familiarReference(named),
    qualified: formatReference(named),
    reference: reference.tag,
  };
}
