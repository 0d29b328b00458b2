import { LayersError } from '@layers/errors';
import { pathFields, textOfBytes } from '../findings/path-fields.js';
import { contentDigests } from '../image/contents/content.js';
import type { LayerOptions } from '../image/open-archive.js';
import { layersHint } from '../image/up-to-layer.js';
import { type Changeset, linkTargetOf, pathOf } from '../rootfs/changeset.js';
import { Kind, nodeTypeOf } from '../rootfs/kind.js';
import { NONE, ROOT } from '../rootfs/node-table.js';
import { compareNodes, findNode, nodePath, walkNodes } from '../rootfs/rootfs.js';
import type { Union } from '../rootfs/union.js';
import type { Analysis } from './analysis.js';
import { type ListDocument, type ListedEntry, SCHEMA_VERSION } from './documents.js';
import { allFindings } from './findings.js';
import { imageInfo } from './image-info.js';
import { hintOfSimilarPaths } from './similar-paths.js';

/** Options of `listFiles`. */
export interface ListOptions extends LayerOptions {
  /** The directory or file to list. Default: the root. */
  readonly path?: string | undefined;
  /** Whether to list all descendants; default false. */
  readonly recursive?: boolean | undefined;
  /** Position of a layer: lists its own entries instead of the merged tree. */
  readonly layer?: number | undefined;
  /** Adds the digest of each file's content, which requires reading all contents. */
  readonly digest?: boolean | undefined;
}

/** Returns a listing without its entries, which `listEntries` yields one by one: there may be millions. */
export function listHead(analysis: Analysis, options: ListOptions): Omit<ListDocument, 'entries'> {
  return {
    schemaVersion: SCHEMA_VERSION,
    source: analysis.image.archive.source,
    image: imageInfo(analysis.image.description),
    layer: options.layer ?? null,
    findings: allFindings(analysis),
  };
}

/**
 * Lists the merged tree, sorted by the bytes of the paths, parents first; or the entries of one layer in the order of
 * its tar, whiteouts under the path that they hide. The entries are made while they are read, and can be read again.
 *
 * Throws ERR_LAYERS_PATH_NOT_FOUND, ERR_LAYERS_LAYER_NOT_FOUND, and with `digest` as `readContent` does.
 */
export async function listEntries(
  analysis: Analysis,
  options: ListOptions = {},
): Promise<Iterable<ListedEntry>> {
  const { layer, recursive = false } = options;
  if (layer !== undefined) return { [Symbol.iterator]: () => listLayer(analysis, layer, options) };
  const top = nodeAt(analysis, options.path ?? '/');
  const digests = options.digest
    ? await contentDigests(analysis.image, listedContents(analysis.union, top, recursive))
    : null;
  return { [Symbol.iterator]: () => listTree(analysis.union, top, recursive, digests) };
}

/** Returns 1 for each content that a listing shows, by layer and entry. */
function listedContents(union: Union, top: number, recursive: boolean): Uint32Array[] {
  const listed = union.names.map(({ length }) => new Uint32Array(length));
  const isDirectory = top === ROOT || union.nodes.kindOf(top) === Kind.directory;
  for (const node of isDirectory ? walkNodes(union, top, recursive) : [top]) {
    const entry = union.nodes.entryOf(node);
    listed[union.nodes.layerOf(node)]?.fill(1, entry, entry + 1);
  }
  return listed;
}

/** Returns the live node of a path. Throws ERR_LAYERS_PATH_NOT_FOUND. */
export function nodeAt(analysis: Analysis, path: string): number {
  const node = findNode(analysis.union, Buffer.from(path));
  if (node !== NONE) return node;
  throw pathNotFound(analysis, path);
}

/** Returns the entries of the layer at a position. Throws ERR_LAYERS_LAYER_NOT_FOUND. */
export function layerAt({ union }: Analysis, position: number): Changeset {
  const changeset = union.layers[position];
  if (changeset !== undefined) return changeset;
  throw new LayersError('ERR_LAYERS_LAYER_NOT_FOUND', `there is no layer ${position}`, {
    hint: layersHint(union.layers.length),
  });
}

/** Returns the error for a path that a layer does not contain. */
export function pathNotInLayer(position: number, path: string): LayersError {
  return new LayersError('ERR_LAYERS_PATH_NOT_FOUND', `layer ${position} has no ${JSON.stringify(path)}`, {
    hint: 'list the layer to see its paths',
  });
}

/** Returns the error for a path that the image does not contain. Its hint names the last layer that contains it. */
export function pathNotFound({ union }: Pick<Analysis, 'union'>, path: string): LayersError {
  const expected = Buffer.from(`/${path.replace(/^\/+/, '').replace(/\/+$/, '')}`);
  const last = union.layers.findLastIndex((changeset) => hasPath(changeset, expected));
  let hint = `layer ${last} contains it, and a later layer deletes it: read that layer alone`;
  if (last === -1) {
    hint =
      hintOfSimilarPaths(union, expected.toString('utf8')) ??
      'no layer contains it; list the image to see its paths';
  } else if (last === union.layers.length - 1)
    hint = `the entry of layer ${last} was ignored: see the findings`;
  return new LayersError('ERR_LAYERS_PATH_NOT_FOUND', `the image has no ${JSON.stringify(path)}`, { hint });
}

function hasPath(changeset: Changeset, path: Buffer): boolean {
  for (let entry = 0; entry < changeset.count; entry++) {
    const kind = changeset.kind[entry];
    if (kind === Kind.ignored || kind === Kind.whiteout || kind === Kind.opaque) continue;
    if (path.equals(pathOf(changeset, entry))) return true;
  }
  return false;
}

type Digests = readonly (ReadonlyMap<number, string> | undefined)[];

/** Yields the node `top` if it is no directory, or what is in it, or everything below it. */
export function* listTree(
  union: Union,
  top: number,
  recursive: boolean,
  digests: Digests | null,
): Generator<ListedEntry> {
  const firstNames = firstNamesOf(union);
  if (top !== ROOT && union.nodes.kindOf(top) !== Kind.directory) {
    yield describeNode(union, top, firstNames, digests);
    return;
  }
  for (const node of walkNodes(union, top, recursive)) yield describeNode(union, node, firstNames, digests);
}

/** Returns the node of the first name of each content with several names, by layer and entry. */
function firstNamesOf(union: Union): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  const { nodes } = union;
  if (!union.names.some((counts) => counts.some((count) => count > 1))) return first;
  // To walk all nodes in order takes longer than to compare those few.
  for (let node = ROOT + 1; node < nodes.count; node++) {
    const layer = nodes.layerOf(node);
    const entry = nodes.entryOf(node);
    if ((union.names[layer]?.[entry] ?? 0) < 2 || !nodes.isLive(node)) continue;
    const key = `${layer} ${entry}`;
    const before = first.get(key);
    if (before === undefined || compareNodes(union, node, before) < 0) first.set(key, node);
  }
  return first;
}

type Draft = { -readonly [Key in keyof ListedEntry]: ListedEntry[Key] };

function describeNode(
  union: Union,
  node: number,
  firstNames: ReadonlyMap<string, number>,
  digests: Digests | null,
): ListedEntry {
  const layer = union.nodes.layerOf(node);
  const entry = union.nodes.entryOf(node);
  const changeset = union.layers[layer];
  const path = nodePath(union, node);
  if (changeset === undefined) {
    const implicit = {
      type: 'directory',
      sizeBytes: 0,
      mode: 0o755,
      uid: 0,
      gid: 0,
      mtime: 0,
      layer: null,
    } as const;
    return { ...pathFields(path), ...implicit };
  }
  const type = nodeTypeOf(union.nodes.kindOf(node)) ?? 'file';
  const listed = describeEntry(changeset, entry, layer, type, path);
  if (firstNames.size > 0 && type !== 'symlink') {
    const first = firstNames.get(`${layer} ${entry}`) ?? node;
    if (first !== node) putLink(listed, nodePath(union, first));
  }
  const digest = digests?.[layer]?.get(entry);
  if (digest !== undefined) listed.digest = digest;
  return listed;
}

function* listLayer(analysis: Analysis, position: number, options: ListOptions): Generator<ListedEntry> {
  const changeset = layerAt(analysis, position);
  const below = options.path === undefined ? null : `/${options.path.replace(/^\/+|\/+$/g, '')}`;
  let found = below === null || below === '/';
  for (let entry = 0; entry < changeset.count; entry++) {
    const kind = changeset.kind[entry] ?? Kind.ignored;
    if (kind === Kind.ignored) continue;
    const bytes = pathOf(changeset, entry);
    if (below !== null && below !== '/') {
      const path = Buffer.from(bytes).toString('utf8');
      if (path !== below && !path.startsWith(`${below}/`)) continue;
      found = true;
    }
    const type = layerTypeOf(kind);
    if (type !== null) yield describeEntry(changeset, entry, position, type, bytes);
  }
  if (!found) throw pathNotInLayer(position, options.path ?? '/');
}

function layerTypeOf(kind: number): ListedEntry['type'] | null {
  if (kind === Kind.link) return 'link';
  if (kind === Kind.whiteout) return 'whiteout';
  if (kind === Kind.opaque) return 'opaque';
  return nodeTypeOf(kind);
}

/**
 * Returns an entry of a layer as documents list it.
 *
 * @param pathBytes its path, which `pathOf` returns too
 */
// Sets fields one by one: there may be millions of entries, and most have few fields.
export function describeEntry(
  changeset: Changeset,
  entry: number,
  layer: number,
  type: ListedEntry['type'],
  pathBytes: Uint8Array,
): Draft {
  const { text, base64 } = textOfBytes(pathBytes);
  const listed: Draft = {
    path: text,
    type,
    sizeBytes: changeset.size[entry] ?? 0,
    mode: changeset.mode[entry] ?? 0,
    uid: changeset.uid[entry] ?? 0,
    gid: changeset.gid[entry] ?? 0,
    mtime: changeset.mtime[entry] ?? 0,
    layer,
  };
  if (base64 !== null) listed.pathBase64 = base64;
  const nanoseconds = changeset.mtimeNs?.[entry] ?? 0;
  if (nanoseconds !== 0) listed.mtimeNs = nanoseconds;
  const kind = changeset.kind[entry];
  if (kind === Kind.symlink || kind === Kind.link) putLink(listed, linkTargetOf(changeset, entry));
  const device = kind === Kind.whiteout ? undefined : changeset.devices.get(entry);
  if (device !== undefined) [listed.devmajor, listed.devminor] = device;
  const xattrs = changeset.xattrs.get(entry);
  if (xattrs !== undefined) listed.xattrs = xattrFields(xattrs);
  return listed;
}

function putLink(listed: Draft, target: Uint8Array): void {
  const { text, base64 } = textOfBytes(target);
  listed.linkname = text;
  if (base64 !== null) listed.linknameBase64 = base64;
}

/** Returns extended attributes by name, with values in base64. */
export function xattrFields(xattrs: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  const names = [...xattrs.keys()].sort();
  return Object.fromEntries(
    names.map((name) => [
      Buffer.from(name, 'latin1').toString('utf8'),
      Buffer.from(xattrs.get(name) ?? []).toString('base64'),
    ]),
  );
}
