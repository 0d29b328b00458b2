import type { Ignorable, Section } from '@layers/core/diff';

// A copy of the words in the core, checked by their types, so that parsing a command line and completion do not load
// the core.

const SECTION_WORDS: Readonly<Record<Section, true>> = {
  files: true,
  layers: true,
  config: true,
  history: true,
  packages: true,
};

const IGNORABLE_WORDS: Readonly<Record<Ignorable, true>> = {
  mtime: true,
  hardlinks: true,
  mode: true,
  owner: true,
  xattrs: true,
  created: true,
  builder: true,
  'layer-bytes': true,
  layers: true,
  config: true,
  history: true,
  packages: true,
};

export const SECTIONS: readonly Section[] = keysOf(SECTION_WORDS);
export const IGNORABLE: readonly Ignorable[] = keysOf(IGNORABLE_WORDS);

function keysOf<Word extends string>(words: Readonly<Record<Word, true>>): Word[] {
  const isWord = (text: string): text is Word => Object.hasOwn(words, text);
  return Object.keys(words).filter(isWord);
}
