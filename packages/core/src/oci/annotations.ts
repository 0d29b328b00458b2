import type { Descriptor } from './descriptor.js';
import { familiarName, tryParseReference } from './reference.js';

/** The fully qualified name that containerd, docker and BuildKit write. */
export const IMAGE_NAME = 'io.containerd.image.name';

/** OCI's own annotation; most tools write a bare tag, some a whole reference. */
export const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * The tags that a descriptor of `index.json` gives its image, as docker would show them: none or one. The name
 * of containerd counts before OCI's. A bare tag stays bare, for there is no name to it, and a name with a
 * digest alone is no tag.
 */
export function tagsOfDescriptor(descriptor: Descriptor): readonly string[] {
  const name = descriptor.annotations.get(IMAGE_NAME) || descriptor.annotations.get(REF_NAME);
  if (name === undefined || name === '') return [];
  const reference = /[:/@]/.test(name) ? tryParseReference(name) : undefined;
  if (reference === undefined) return [name];
  if (reference.tag === undefined && reference.digest !== undefined) return [];
  return [familiarName(reference) + (reference.tag === undefined ? '' : `:${reference.tag}`)];
}
