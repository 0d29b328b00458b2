import { pathFields } from '@layers/core/findings';
import { type Changeset, Kind, pathOf } from '@layers/core/rootfs';

/** What a layer contains, as far as a Dockerfile needs it. */
export interface LayerFiles {
  /** The first files of the layer, without a leading slash; directories where it has nothing else. */
  readonly paths: readonly string[];
  /** The number of files. */
  readonly count: number;
  /** The number of paths that it deletes, or directories that it empties. */
  readonly deleted: number;
  /** The owner of all files; null where they have several. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

const MOST_PATHS = 5;

/** Returns what a layer contains. */
export function layerFiles(changeset: Changeset): LayerFiles {
  const files: number[] = [];
  const directories: number[] = [];
  let deleted = 0;
  for (let entry = 0; entry < changeset.count; entry++) {
    const kind = changeset.kind[entry];
    if (kind === Kind.whiteout || kind === Kind.opaque) deleted++;
    else if (kind === Kind.directory) directories.push(entry);
    else if (kind !== Kind.ignored) files.push(entry);
  }
  const shown = files.length > 0 ? files : directories.slice(-1);
  return {
    paths: shown.slice(0, MOST_PATHS).map((entry) => pathFields(pathOf(changeset, entry)).path.slice(1)),
    count: files.length,
    deleted,
    owner: ownerOf(changeset, shown),
  };
}

function ownerOf({ uid, gid }: Changeset, entries: readonly number[]): LayerFiles['owner'] {
  const [first] = entries;
  if (first === undefined) return null;
  const owner = { uid: uid[first] ?? 0, gid: gid[first] ?? 0 };
  return entries.every((entry) => uid[entry] === owner.uid && gid[entry] === owner.gid) ? owner : null;
}
