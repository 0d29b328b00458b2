/** Differences that can be passed over: attributes of files, parts of documents, whole sections. */
export const IGNORABLE = [
  'mtime',
  'hardlinks',
  'mode',
  'owner',
  'xattrs',
  'created',
  'builder',
  'layer-bytes',
  'layers',
  'config',
  'history',
  'packages',
] as const;
export type Ignorable = (typeof IGNORABLE)[number];

export function isIgnorable(text: string): text is Ignorable {
  return IGNORABLE.some((known) => known === text);
}

/** What does not count unless it is asked for: nobody who runs an image means it. */
export const IGNORED_BY_DEFAULT: readonly Ignorable[] = ['hardlinks', 'mtime'];

/** What two honest builds of the same sources may differ in. */
export const REPRODUCIBLE: readonly Ignorable[] = ['mtime', 'created', 'builder', 'layer-bytes'];

/** What each passes over, in words. */
export const IGNORABLE_TEXT: Readonly<Record<Ignorable, string>> = {
  mtime: 'times of files',
  hardlinks: 'which names are hard links of each other',
  mode: 'permissions of files',
  owner: 'owners of files',
  xattrs: 'extended attributes of files',
  created: 'times in the config and the history',
  builder: 'what tells only where and by what an image was built, in the config and the history',
  'layer-bytes': 'how a layer was written: its times, order, tar form and compression',
  layers: 'how the files are divided into layers',
  config: 'the config',
  history: 'the history',
  packages: 'the packages',
};
