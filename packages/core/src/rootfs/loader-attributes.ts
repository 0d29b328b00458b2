/** The kernel's ids have 32 bits; all of them set means "unchanged" to chown(2). */
const IDS = 2 ** 32;
const UNCHANGED = IDS - 1;

/**
 * Returns the id that a file gets whose entry has `id`. Docker, containerd, podman and umoci pass the low 32 bits to the
 * kernel. A new file belongs to root, so "unchanged" leaves 0.
 */
export function loadedId(id: number): number {
  if (id >= 0 && id < UNCHANGED) return id;
  const low = ((id % IDS) + IDS) % IDS;
  return low === UNCHANGED ? 0 : low;
}

const MAX_NAME_BYTES = 255;
const MAX_VALUE_BYTES = 65_536;
/** A namespace without a name in it (xattr(7)). */
const NO_NAME = /^(?:(?:user|trusted|security)\.)?$/;

/** What loaders do with an extended attribute that they do not set; null for one that they set where they can. */
export function xattrProblem(name: string, value: Uint8Array): 'drop' | 'refuse' | null {
  // Go's reader has no such attribute among those of an entry. containerd reads the records themselves.
  if (value.length === 0) return 'drop';
  const isRefused = NO_NAME.test(name) || name.length > MAX_NAME_BYTES || value.length > MAX_VALUE_BYTES;
  return isRefused ? 'refuse' : null;
}
