/** Kinds of differences that can be ignored: attributes of files, parts of documents, whole sections. */
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
/** A kind of difference that can be ignored. @useDeclaredType */
export type Ignorable = (typeof IGNORABLE)[number];

export function isIgnorable(text: string): text is Ignorable {
  return IGNORABLE.some((known) => known === text);
}

/** Ignored unless requested: these differences do not affect a running container. */
export const IGNORED_BY_DEFAULT: readonly Ignorable[] = ['hardlinks', 'mtime'];

/** The differences that two builds of the same sources may have. */
export const REPRODUCIBLE: readonly Ignorable[] = ['mtime', 'created', 'builder', 'layer-bytes'];

/** A description of each kind. */
export const IGNORABLE_TEXT: Readonly<Record<Ignorable, string>> = {
  mtime: 'times of files',
  hardlinks: 'hard links between names',
  mode: 'permissions of files',
  owner: 'owners of files',
  xattrs: 'extended attributes of files',
  created: 'times in the config and the history',
  builder: 'traces of the builder and the build host in the config and the history',
  'layer-bytes': 'the encoding of layers: times, order of entries, tar format and compression',
  layers: 'the division of the files into layers',
  config: 'the config',
  history: 'the history',
  packages: 'the packages',
};
