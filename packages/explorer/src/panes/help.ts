/** The keys, by what they are for. */
export const KEYS: readonly {
  readonly title: string;
  readonly keys: readonly (readonly [keys: string, does: string])[];
}[] = [
  {
    title: 'Move',
    keys: [
      ['Up Down, k j', 'to the row above or below'],
      ['PgUp PgDn', 'a page; Ctrl-U and Ctrl-D move half a page'],
      ['g G, Home End', 'to the first or the last row'],
      ['Tab', 'between the layers and the files'],
      ['[ ]', 'to the layer below or above, from the files too'],
      ['mouse', 'click selects, twice opens, the wheel scrolls; with Shift, text is selected'],
    ],
  },
  {
    title: 'Layers',
    keys: [
      ['Ctrl-L', 'show the changes of the selected layer'],
      ['Ctrl-A', 'show the changes of layers 1 to the selected or last; again: of layer 0 too'],
      ['m', 'mark a layer: show its changes and those up to the selected layer; again: end'],
      ['d', 'compare the file systems after the marked and after the selected layer;'],
      ['', 'in the files too, where no file is selected'],
      ['c', 'show only changes, or all files'],
    ],
  },
  {
    title: 'Files',
    keys: [
      ['Space', 'expand or collapse a directory'],
      ['Right Left, l h', 'expand or enter a directory; collapse or leave it'],
      ['E C', 'expand or collapse all directories'],
      ['b', 'show wasted bytes in place of sizes, also of each directory; again: sizes'],
      ['s', 'sort by size, name or time'],
      ['f, Ctrl-F', 'filter: words of names, globs, >1M, <10k, + ~ - =, layer:2, own'],
      ['/', 'search; n and N go to the next and the previous match'],
      ['Esc', 'clear the search and the filter; the tree is as before the filter'],
    ],
  },
  {
    title: 'Do',
    keys: [
      ['Enter, v', 'view a file, also a deleted one; all about a layer'],
      ['d', 'the difference of a file and its previous version; in a file too'],
      ['i', 'all about the selected path; of a directory, also its sums'],
      ['w', 'write a file to the disk'],
      ['p e', 'give a file to $PAGER; give a copy to $EDITOR, which never changes the image'],
      ['x', 'extract a file or directory with its attributes'],
      ['o O', 'to the layer that stored it; to the one that wasted, deleted or replaced it'],
      ['y', 'send the path to the clipboard of the terminal, if it takes it'],
      ['J', 'write what is seen as JSON to a file: all rows, not only those on the screen'],
      ['?', 'this help'],
      ['q', 'quit, or back to the list that led here; Ctrl-Z suspends'],
    ],
  },
  {
    title: 'Lists',
    keys: [
      ['F', 'files of all layers, deleted and overwritten ones too'],
      ['W', 'wasted files, by the layers that stored and wasted them'],
      ['D', 'files of the final file system with the same content'],
      ['A', 'advice: what to change in the Dockerfile'],
      ['P', 'packages, with the layers that brought them'],
      ['H', 'the history: all steps, with their sizes'],
      ['I', 'the config and the findings of the image'],
    ],
  },
  {
    title: 'In a list',
    keys: [
      ['Enter', 'go to the path or the layer of a row; q or Esc then returns to the list'],
      ['F W D A P H I', 'another list, also from a file or text'],
      ['i', 'all about a row'],
      ['Space, E C', 'expand or collapse a group; all groups'],
      ['/ f s', 'search, filter, sort, as for files'],
      ['v d w y o O', 'as for files'],
      ['q, Esc', 'back; Esc first closes a message, a filter or a search'],
    ],
  },
  {
    title: 'In a file or text',
    keys: [
      ['x', 'a file as text or in hexadecimal'],
      ['/', 'search; n and N go to the next and the previous match'],
      ['p e', 'give the file or text to $PAGER, or a copy to $EDITOR'],
      ['Left Right, h l', 'scroll sideways'],
      ['q, Esc', 'back'],
    ],
  },
];

/** Returns the help as text. */
export function helpText(): string {
  const sections = KEYS.map(
    ({ title, keys }) => `${title}\n${keys.map(([key, does]) => `  ${key.padEnd(17)}${does}`).join('\n')}`,
  );
  const signs = 'Signs: + added, ~ changed, - deleted. A size with a minus is that of deleted files.';
  return `${sections.join('\n\n')}\n\n${signs}\n`;
}
