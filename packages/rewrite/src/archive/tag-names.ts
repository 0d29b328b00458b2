import { familiarReference, formatReference, tryParseReference, withDefaultTag } from '@layers/core/oci';

/** A tag of an image in the forms that archives use. */
export interface TagNames {
  /** As docker shows it, `alpine:3.20`, for RepoTags; null if it is not a name with a tag. */
  readonly familiar: string | null;
  /** Fully qualified, `docker.io/library/alpine:3.20`, for containerd; null if it is not a name with a tag. */
  readonly qualified: string | null;
  /** `alpine:3.20`, or a bare tag, for OCI's annotation. skopeo and umoci find an image by this text alone. */
  readonly reference: string;
}

/**
 * Returns the forms of a tag. A bare tag, as OCI layouts have them, has no name: `latest` does not become an image of
 * that name. An invalid reference, as in a hostile archive, has no name either, because docker would refuse the whole
 * archive for it. Null for a name with a digest and no tag.
 */
export function tagNames(tag: string): TagNames | null {
  const parsed = /[:/@]/.test(tag) ? tryParseReference(tag) : undefined;
  if (parsed === undefined) return { familiar: null, qualified: null, reference: tag };
  const reference = withDefaultTag(parsed);
  if (reference.tag === undefined) return null;
  const named = { ...reference, digest: undefined };
  const familiar = familiarReference(named);
  return { familiar, qualified: formatReference(named), reference: familiar };
}
