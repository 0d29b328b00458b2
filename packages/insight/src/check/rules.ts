/**
 * What a budget is about. A result, and an output made of it, names a rule by its id.
 *
 * - `efficiency`, `wasted-bytes`, `wasted-share`: contents that no path of the root file system reaches
 * - `stored-size`, `content-size`, `layers`, `layer-size`: the size of the image
 * - `added-size`: the size of the layers above the base image
 * - `growth`: the size compared with another image
 * - `forbidden-paths`: paths that match a pattern
 * - `junk`: caches, `.git`, temporary files
 * - `secrets`: keys, tokens and passwords
 * - `setuid`: files that run with the rights of their owner or group
 * - `labels`: required labels
 * - `user`: the user of the container, who must not be root
 *
 * @useDeclaredType
 */
export type CheckRule = (typeof CHECK_RULES)[number];

export const CHECK_RULES = [
  'efficiency',
  'wasted-bytes',
  'wasted-share',
  'stored-size',
  'content-size',
  'layers',
  'layer-size',
  'added-size',
  'growth',
  'forbidden-paths',
  'junk',
  'secrets',
  'setuid',
  'labels',
  'user',
] as const;
