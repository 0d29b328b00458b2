import type { Unpacked } from './diff-unpacked.ts';
import { attempt } from './processes.ts';
import type { TreeEntry } from './tree.ts';

/**
 * Compares the output of GNU `diff -r` for two extracted trees with the expected output. Returns the lines that only one
 * of the two has. Names can contain line breaks, so a line can be a part of a message.
 */
export async function disagreementsWithDiffR(a: Unpacked, b: Unpacked): Promise<string[]> {
  const options = ['--recursive', '--no-dereference', '--brief'];
  const env = { ...process.env, LC_ALL: 'C' };
  const { status, stdout, stderr } = await attempt('diff', [...options, a.folder, b.folder], { env });
  if (status !== 0 && status !== 1)
    throw new Error(`diff ${a.folder} ${b.folder}: exit ${status}\n${stderr}`);
  const printed = stdout.toString('latin1').split('\n');
  const { lines, possible } = expectedLines(a, b);
  return [
    ...without(lines, printed).map((line) => `expected: ${line}`),
    ...without(printed, [...lines, ...possible]).map((line) => `diff -r: ${line}`),
  ];
}

/** The lines that `diff -r` must print, and those that it prints only if the extraction times differ. */
function expectedLines(a: Unpacked, b: Unpacked): { lines: string[]; possible: string[] } {
  const lines = [''];
  const possible: string[] = [];
  const isFolder = ({ tree }: Unpacked, key: string): boolean =>
    key === '' || tree.get(key)?.type === 'directory';
  for (const key of new Set([...a.tree.keys(), ...b.tree.keys()])) {
    const slash = key.lastIndexOf('/');
    const parent = key.slice(0, slash);
    if (!isFolder(a, parent) || !isFolder(b, parent)) continue;
    const [entryA, entryB] = [a.tree.get(key), b.tree.get(key)];
    const [pathA, pathB] = [a.folder + key, b.folder + key];
    if (entryA === undefined || entryB === undefined) {
      const folder = entryA === undefined ? b.folder : a.folder;
      lines.push(...`Only in ${folder}${parent}: ${key.slice(slash + 1)}`.split('\n'));
      continue;
    }
    const types = `File ${pathA} is a ${typeOf(entryA)} while file ${pathB} is a ${typeOf(entryB)}`.split(
      '\n',
    );
    if (entryA.type !== entryB.type) lines.push(...types);
    else if (entryA.type === 'file') {
      if (entryA.digest !== entryB.digest) lines.push(...`Files ${pathA} and ${pathB} differ`.split('\n'));
    } else if (entryA.type === 'symlink') {
      if (entryA.target !== entryB.target)
        lines.push(...`Symbolic links ${pathA} and ${pathB} differ`.split('\n'));
    } else if (entryA.device !== entryB.device) lines.push(...types);
    // For diff, two nodes of a device are equal only if all their times are equal. Two FIFOs always differ.
    else if (entryA.type !== 'directory') possible.push(...types);
  }
  return { lines, possible };
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

const typeNames = new Map([
  ['char', 'character special file'],
  ['block', 'block special file'],
  ['symlink', 'symbolic link'],
]);

function typeOf(entry: TreeEntry): string {
  if (entry.type === 'file') return entry.size === 0 ? 'regular empty file' : 'regular file';
  return typeNames.get(entry.type) ?? entry.type;
}
