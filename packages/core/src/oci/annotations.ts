import type { Descriptor } from './descriptor.js';
import { familiarName, tryParseReference } from './reference.js';

/** The annotation of containerd, docker and BuildKit with the fully qualified name. */
export const IMAGE_NAME = 'io.containerd.image.name';

/** The annotation of OCI. Most tools write a tag, some a whole reference. */
export const REF_NAME = 'org.opencontainers.image.ref.name';

/** The annotation of ORAS with the name of the file in a layer. */
export const IMAGE_TITLE = 'org.opencontainers.image.title';

/**
 * Returns the tags that a descriptor of `index.json` gives its image, as docker shows them: none or one. The annotation
 * of containerd overrides that of OCI. A tag without a name is returned as it is; a name with only a digest is not a tag.
 */
export function tagsOfDescriptor(descriptor: Pick<Descriptor, 'annotations'>): readonly string[] {
  const name = descriptor.annotations.get(IMAGE_NAME) || descriptor.annotations.get(REF_NAME);
  if (name === undefined || name === '') return [];
  const reference = /[:/@]/.test(name) ? tryParseReference(name) : undefined;
  if (reference === undefined) return [name];
  if (reference.tag === undefined && reference.digest !== undefined) return [];
  return [familiarName(reference) + (reference.tag === undefined ? '' : `:${reference.tag}`)];
}
