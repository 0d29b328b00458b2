import { basename } from 'node:path';
import { hintOfSimilarPaths } from '@layers/core/analysis';
import type { FindingCode } from '@layers/core/findings';
import { findNode, Kind, NONE, nodePath, splitNames } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import type { Addition, AppendBase, AppendOptions, AppendPlan } from './append-options.js';
import { countPlan } from './count-plan.js';
import { pathText } from './file-identity.js';
import { type AppendFindings, createAppendFindings } from './findings.js';
import { orderLayer } from './layer-order.js';
import { deletionsOf, type LayerStack, newStack, pushChangeset } from './layer-stack.js';
import { addParents, missingBelow, nodeStatuses } from './node-status.js';
import { recogniseSource, type Source } from './recognise-source.js';
import { createPathMapper, joinNames, type ResolvedPath, resolvePath } from './resolve-path.js';
import { scanDirectory, scanFile } from './scan-directory.js';
import { scanTar } from './scan-tar.js';
import { defaultTime, type ScannedSource } from './scanned-source.js';
import { clearUnchanged } from './unchanged-entries.js';
import { measureLayer, writeLayer } from './write-layer.js';

/**
 * Plans one new layer on top of an image, or a first one: deletions come first, then additions in order, where later
 * ones win. Directories merge with those of the image; other files replace. Sources are scanned now and read when the
 * layer is written. The same input gives the same bytes.
 *
 * @param base null for a first layer
 * @param deletions paths of the image; symlinks are followed, except in the last name
 * @throws LayersError ERR_LAYERS_PATH_NOT_FOUND for a deletion of a path that does not exist; ERR_LAYERS_USAGE for the
 *   deletion of the root, an impossible destination, and a source that is neither a file nor a directory;
 *   ERR_LAYERS_INPUT_NAME for a name that a layer cannot contain; ERR_LAYERS_READ, ERR_LAYERS_INPUT_CHANGED,
 *   ERR_LAYERS_TAR_*, and the errors of compressions
 */
export async function planAppend(
  base: AppendBase | null,
  additions: readonly Addition[],
  deletions: readonly (string | Uint8Array)[],
  options: AppendOptions = {},
): Promise<AppendPlan> {
  const findings = createAppendFindings();
  const mirror = options.mirror ?? options.diff ?? false;
  let stack = newStack(base);
  if (deletions.length > 0) {
    stack = pushChangeset(stack, deletionsOf(deletions.map((path) => deletedPath(stack, path))), null);
  }
  const mirrored: Buffer[] = [];
  for (const addition of additions) {
    const source = await recogniseSource(addition);
    const { place, scanned } = await scanAddition(stack, addition, source, options, findings);
    stack = pushChangeset(stack, scanned.changeset, scanned);
    findings.addAll(addition.source, scanned.changeset.findings);
    findings.addAll(addition.source, stack.after.changes.at(-1)?.findings ?? []);
    if (source.kind !== 'file' && mirror) mirrored.push(joinNames(place.names));
  }
  if (mirrored.length > 0) {
    const { after } = stack;
    const missing = missingBelow(
      stack,
      mirrored.map((path) => findNode(after, path)),
    );
    if (missing.length > 0) {
      stack = pushChangeset(stack, deletionsOf(missing.map((node) => nodePath(after, node))), null);
    }
  }
  const statuses = nodeStatuses(stack);
  const unchanged = options.diff ? await clearUnchanged(stack, statuses) : 0;
  addParents(stack, statuses);
  findings.addLostXattrs(stack, statuses);
  if (!mirror) {
    findings.addReplacedDirectories(stack, statuses);
    findings.addChangedDirectories(stack, statuses);
  }
  const order = orderLayer(stack, statuses);
  const draft = { stack, statuses, order, defaultTime: defaultTime(options) };
  const tarBytes = measureLayer(draft);
  return {
    tarBytes,
    ...countPlan(stack, statuses, order),
    unchanged,
    findings: findings.list(base?.image.layers.length ?? 0),
    tar: () => writeLayer({ ...draft, tarBytes }),
  };
}

function deletedPath(stack: LayerStack, path: string | Uint8Array): Uint8Array {
  const bytes = typeof path === 'string' ? Buffer.from(path) : Buffer.from(path);
  const names = splitNames(bytes);
  const last = names.pop();
  if (last === undefined || last.every((byte) => byte === 0x2e)) {
    throw new LayersError(
      'ERR_LAYERS_USAGE',
      `cannot delete ${pathText(path)}: it is the root, or ends in . or ..`,
      {
        hint: 'name a path of the image, such as /var/cache',
      },
    );
  }
  const parent = resolvePath(stack.after, names);
  const found = parent === null ? null : joinNames([...parent.names, last]);
  const node = found === null ? NONE : findNode(stack.after, found);
  if (node === NONE) {
    throw new LayersError('ERR_LAYERS_PATH_NOT_FOUND', `${pathText(path)} is not in the image`, {
      hint:
        hintOfSimilarPaths(stack.after, Buffer.from(path).toString('utf8')) ??
        'list the paths of the image to find the right one',
    });
  }
  return nodePath(stack.after, node);
}

async function scanAddition(
  stack: LayerStack,
  addition: Addition,
  source: Source,
  options: AppendOptions,
  findings: AppendFindings,
): Promise<{ readonly place: ResolvedPath; readonly scanned: ScannedSource }> {
  const place = resolveDestination(stack, addition, source, findings);
  const follow = !(options.mirror ?? options.diff ?? false);
  const mapper = createPathMapper(stack.after, place, follow, (link, target) =>
    findings.addFollowed(addition.source, pathText(link), pathText(target)),
  );
  const context = {
    source: addition.source,
    options,
    addFinding: (code: FindingCode, path: Uint8Array, message: string): void =>
      findings.add(addition.source, code, path, message),
  };
  if (source.kind === 'directory') {
    return { place, scanned: await scanDirectory(addition.source, mapper, context) };
  }
  if (source.kind === 'tar') return { place, scanned: await scanTar(source.tar, mapper, context) };
  return { place, scanned: scanFile(addition.source, joinNames(place.names), context) };
}

/** Resolves the destination of an addition: a directory, or the path of a single file. */
function resolveDestination(
  stack: LayerStack,
  addition: Addition,
  source: Source,
  findings: AppendFindings,
): ResolvedPath {
  const bytes = Buffer.from(addition.destination);
  if (bytes[0] !== 0x2f || bytes.includes(0)) refuseDestination(addition, 'it is not an absolute path');
  const place = resolvePath(stack.after, splitNames(bytes));
  if (place === null) refuseDestination(addition, 'it leads to a loop of symlinks in the image');
  if (place.followed)
    findings.addFollowed(addition.source, addition.destination, pathText(joinNames(place.names)));
  const { nodes } = stack.after;
  const isDirectory = place.node !== NONE && nodes.isLiveDirectory(place.node);
  const { names } = place;
  for (let depth = 1; depth < names.length; depth++) refuseFileInPath(stack, addition, names.slice(0, depth));
  if (source.kind !== 'file') {
    refuseFileInPath(stack, addition, names);
    return place;
  }
  if (!isDirectory && addition.destination.endsWith('/')) refuseFileInPath(stack, addition, names);
  if (!isDirectory && !addition.destination.endsWith('/')) return place;
  const inside = resolvePath(stack.after, [...names, Buffer.from(basename(addition.source))]);
  if (inside === null) refuseDestination(addition, 'it leads to a loop of symlinks in the image');
  if (inside.node !== NONE && nodes.kindOf(inside.node) === Kind.directory) {
    refuseDestination(addition, 'the image has a directory of that name');
  }
  return inside;
}

function refuseFileInPath(stack: LayerStack, addition: Addition, names: readonly Uint8Array[]): void {
  const path = joinNames(names);
  const node = findNode(stack.after, path);
  if (node === NONE || stack.after.nodes.isLiveDirectory(node)) return;
  refuseDestination(addition, `/${pathText(path)} is not a directory in the image`);
}

function refuseDestination({ source, destination }: Addition, reason: string): never {
  throw new LayersError('ERR_LAYERS_USAGE', `cannot add ${source} at ${destination}: ${reason}`, {
    hint: 'name an absolute path, in a directory that exists or can be created',
  });
}
