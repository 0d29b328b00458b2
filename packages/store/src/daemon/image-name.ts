import { parseReference } from '@layers/core/oci';

const ID = /^(?:sha256:)?[a-f0-9]{1,64}$/;

/** What an engine may be asked for: a name or an id, and no path of its API. Throws ERR_LAYERS_REFERENCE. */
export function checkedImageName(ref: string): string {
  if (!ID.test(ref)) parseReference(ref);
  return ref;
}
