import { Kind, linkTargetOf, pathOf } from '@layers/core/rootfs';
import type { Cell, Columns } from '../schema/rows.js';
import type { LayerFiles } from './image-facts.js';
import { CONTENT_BYTES, type Contents } from './layer-hasher.js';

const TYPES: Readonly<Partial<Record<Kind, string>>> = {
  [Kind.file]: 'file',
  [Kind.link]: 'hardlink',
  [Kind.symlink]: 'symlink',
  [Kind.char]: 'char',
  [Kind.block]: 'block',
  [Kind.directory]: 'directory',
  [Kind.fifo]: 'fifo',
  [Kind.whiteout]: 'whiteout',
  [Kind.opaque]: 'opaque',
};
const KINDS: ReadonlyMap<number, string> = new Map(
  Object.entries(TYPES).map(([kind, type]) => [Number(kind), type]),
);

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Columns of the table `files` after `tree`. */
const COLUMNS = 12;
/** The rows of a batch: one chunk of DuckDB. */
const BATCH_ROWS = 2048;

/**
 * Yields the entries of a layer in batches, as columns of the table `files` after `tree`. Entries that no program extracts
 * are left out. A million rows at once would take a gigabyte.
 */
export function* fileBatches({ changeset, contents }: LayerFiles): Generator<Columns> {
  let columns: Cell[][] = emptyColumns();
  for (let entry = 0; entry < changeset.count; entry++) {
    const type = KINDS.get(changeset.kind[entry] ?? Kind.ignored);
    if (type === undefined) continue;
    const [path, pathBytes] = textOf(pathOf(changeset, entry));
    const target = linkTargetOf(changeset, entry);
    const [link, linkBytes] = target.length === 0 ? [null, null] : textOf(target);
    const row: readonly Cell[] = [
      entry,
      path,
      pathBytes,
      type,
      whole(changeset.size[entry]),
      contentOf(contents, entry),
      changeset.mode[entry] ?? 0,
      whole(changeset.uid[entry]),
      whole(changeset.gid[entry]),
      whole(changeset.mtime[entry]),
      link,
      linkBytes,
    ];
    row.forEach((cell, i) => void columns[i]?.push(cell));
    if (columns[0]?.length !== BATCH_ROWS) continue;
    yield columns;
    columns = emptyColumns();
  }
  yield columns;
}

function emptyColumns(): Cell[][] {
  return Array.from({ length: COLUMNS }, () => []);
}

function contentOf({ digests, has }: Contents, entry: number): string | null {
  if (has[entry] !== 1) return null;
  const start = entry * CONTENT_BYTES;
  return Buffer.from(digests.buffer, digests.byteOffset + start, CONTENT_BYTES).toString('hex');
}

/** Returns bytes as text, and the bytes themselves where text cannot express them. */
function textOf(bytes: Uint8Array): readonly [string, Uint8Array | null] {
  // DuckDB ends texts at a zero byte.
  if (!bytes.includes(0)) {
    try {
      return [UTF8.decode(bytes), null];
    } catch {
      // It is not UTF-8.
    }
  }
  return [Buffer.from(bytes).toString('utf8').replaceAll('\0', '\ufffd'), bytes.slice()];
}

function whole(number: number | undefined): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.trunc(number ?? 0))) || 0;
}
