import { escapeBytesForTerminal } from '../../src/output/escape.ts';
import { percent } from '../../src/output/format.ts';
import { modeString } from '../../src/output/mode.ts';
import { truncateEnd } from '../../src/output/text-width.ts';

const OWNER_COLUMNS = 11;

/** A path as `layers ls -R --json` lists it. Keys of paths are Latin-1 text, one character a byte. */
interface ListedPath {
  readonly path: string;
  readonly pathBase64?: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'char' | 'block' | 'fifo';
  readonly sizeBytes: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly layer: number | null;
  readonly linkname?: string;
  readonly linknameBase64?: string;
}

/** A path as `layers find --json` finds it. */
interface FoundPath {
  readonly path: string;
  readonly pathBase64?: string;
  readonly events: readonly {
    readonly layer: number;
    readonly change: 'added' | 'changed' | 'replaced' | 'deleted';
    readonly type: string;
    readonly sizeBytes: number;
  }[];
}

/** The documents of an image. */
export interface ImageDocuments {
  /** The listing of the file system after each layer. */
  readonly listings: readonly { readonly entries: readonly ListedPath[] }[];
  readonly found: { readonly matches: readonly FoundPath[] };
}

/** Which layers, and which paths, a view shows. */
export interface ShownRange {
  readonly from: number;
  readonly to: number;
  readonly marks: boolean;
  readonly changesOnly: boolean;
}

/** A row as on the screen. */
export interface ScreenRow {
  readonly path: string;
  readonly sign: string;
  readonly size: string;
  readonly share: string;
  readonly mode: string;
  readonly owner: string;
  readonly target: string;
}

interface ShownPath {
  readonly key: string;
  readonly sign: string;
  readonly state: ListedPath;
}

export function keyOf({ path, pathBase64 }: { readonly path: string; readonly pathBase64?: string }): string {
  return Buffer.from(pathBase64 ?? path, pathBase64 === undefined ? 'utf8' : 'base64').toString('latin1');
}

/** Whether a path is a directory, or within it. */
const isWithin = (key: string, directory: string): boolean =>
  key === directory || directory === '' || key.startsWith(`${directory}/`);

type ListedTree = ReadonlyMap<string, ListedPath>;

function treeOf({ entries }: ImageDocuments['listings'][number]): ListedTree {
  return new Map(entries.map((entry) => [keyOf(entry), entry]));
}

/** The first name of a content in the layer that stored it: later, other names may be the first. */
function contentIn(tree: ListedTree | undefined, key: string): string {
  const { linkname, linknameBase64 } = tree?.get(key) ?? {};
  if (linkname === undefined) return key;
  return keyOf({ path: linkname, ...(linknameBase64 === undefined ? {} : { pathBase64: linknameBase64 }) });
}

/** Returns whether the content that a layer stored at a path is wasted, under this or another of its names. */
export function wastedContents(
  { listings }: ImageDocuments,
  waste: readonly { readonly path: string; readonly pathBase64?: string; readonly layer: number }[],
): (layer: number, key: string) => boolean {
  const trees = listings.map(treeOf);
  const contentOf = (layer: number, key: string): string => `${layer} ${contentIn(trees[layer], key)}`;
  const wasted = new Set(waste.map((item) => contentOf(item.layer, keyOf(item))));
  return (layer, key) => wasted.has(contentOf(layer, key));
}

/** Computes from the documents all rows that a view of the explorer has where all directories are expanded. */
export function expectedRows(documents: ImageDocuments, range: ShownRange): ScreenRow[] {
  const { shown, bytesOf } = shownPaths(documents, range);
  const touched = (key: string): number => bytesOf(key).bytes + bytesOf(key).deletedBytes;
  const total = touched('');
  return shown.map(({ key, sign, state }) => {
    const { type, mode, uid, gid } = state;
    const sized = type === 'file' || type === 'directory';
    const sums = bytesOf(key);
    const sizes = [
      ...(sums.bytes > 0 || sums.deletedBytes === 0 ? [sums.bytes] : []),
      ...(sums.deletedBytes > 0 ? [-sums.deletedBytes] : []),
    ];
    return {
      path: escapeBytesForTerminal(Buffer.from(key, 'latin1')),
      sign,
      size: sized ? sizes.join(' ') : '',
      share: sized && total > 0 ? percent(touched(key) / total) : '',
      mode: modeString(type, mode),
      // The details show all of it.
      owner: truncateEnd(`${uid}:${gid}`, OWNER_COLUMNS, '…'),
      target: type === 'symlink' ? targetOf(state) : '',
    };
  });
}

/** The bytes below each directory after the last layer of a view, without regard to what changed. */
export function expectedSums(documents: ImageDocuments, range: ShownRange) {
  return shownPaths(documents, range).bytesOf;
}

function targetOf({ linkname = '', linknameBase64 }: ListedPath): string {
  const bytes = Buffer.from(linknameBase64 ?? linkname, linknameBase64 === undefined ? 'utf8' : 'base64');
  return escapeBytesForTerminal(bytes);
}

function shownPaths({ listings, found }: ImageDocuments, { from, to, marks, changesOnly }: ShownRange) {
  const trees = listings.map(treeOf);
  const changed: ShownPath[] = [];
  for (const { events, ...named } of found.matches) {
    const key = keyOf(named);
    if (key === '/') continue;
    const after = trees[to]?.get(key);
    const before = trees[from - 1]?.get(key);
    const touched = events.filter(({ layer }) => layer >= from && layer <= to);
    if (after !== undefined) {
      const sign = !marks ? ' ' : before === undefined ? '+' : touched.length > 0 ? '~' : ' ';
      changed.push({ key, sign, state: after });
    } else if (marks && before !== undefined) changed.push({ key, sign: '-', state: before });
  }
  const selected = changesOnly && marks ? changed.filter(({ sign }) => sign !== ' ') : changed;
  const shown = changed.filter(({ key }) => selected.some((path) => isWithin(path.key, key)));
  const contentOf = ({ key, sign, state }: ShownPath): string =>
    `${sign === '-'} ${contentIn(trees[state.layer ?? -1], key)} ${state.layer}`;

  function bytesOf(directory: string): { bytes: number; deletedBytes: number } {
    const contents = new Set<string>();
    const sums = { bytes: 0, deletedBytes: 0 };
    for (const path of selected) {
      if (path.state.type !== 'file' || !isWithin(path.key, directory)) continue;
      if (contents.has(contentOf(path))) continue;
      contents.add(contentOf(path));
      sums[path.sign === '-' ? 'deletedBytes' : 'bytes'] += path.state.sizeBytes;
    }
    return sums;
  }
  return { shown, bytesOf };
}
