import type { ListedEntry } from '@layers/core/analysis';

const TYPE_LETTERS: Readonly<Record<ListedEntry['type'], string>> = {
  file: '-',
  link: 'h',
  directory: 'd',
  symlink: 'l',
  char: 'c',
  block: 'b',
  fifo: 'p',
  whiteout: 'w',
  opaque: 'o',
};

/**
 * Formats type and permissions as `ls -l` does; `h` is a hard link, as in GNU tar, `w` a whiteout, `o` an opaque
 * marker.
 */
export function modeString(type: ListedEntry['type'], mode: number): string {
  return (
    TYPE_LETTERS[type] +
    triple(mode >> 6, (mode & 0o4000) !== 0, 's') +
    triple(mode >> 3, (mode & 0o2000) !== 0, 's') +
    triple(mode, (mode & 0o1000) !== 0, 't')
  );
}

function triple(bits: number, special: boolean, letter: string): string {
  const executable = (bits & 1) !== 0;
  const last = special ? (executable ? letter : letter.toUpperCase()) : executable ? 'x' : '-';
  return ((bits & 4) !== 0 ? 'r' : '-') + ((bits & 2) !== 0 ? 'w' : '-') + last;
}
