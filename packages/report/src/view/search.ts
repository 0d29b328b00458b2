import type { Paths } from './paths.js';

/** Returns the first paths whose name contains a text, or whose whole path does where the text has a slash. */
export function searchPaths(paths: Paths, text: string, most: number): number[] {
  const wanted = text.toLowerCase();
  const last = wanted.slice(wanted.lastIndexOf('/') + 1);
  const found: number[] = [];
  if (wanted === '') return found;
  for (let path = 1; path < paths.columns.paths && found.length < most; path++) {
    if (!paths.nameOf(path).toLowerCase().includes(last)) continue;
    if (last === wanted || paths.textOf(path).toLowerCase().includes(wanted)) found.push(path);
  }
  return found;
}
