import { findNode, Kind, NONE, nodePath } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import type { Addition, AppendBase, AppendOptions, AppendPlan } from './append-options.js';
import { countPlan } from './count-plan.js';
import { createPathMapper, followPath, joinNames, type Place, wordsOf } from './destination.js';
import { printed } from './file-stamp.js';
import { createFindings, type Findings } from './findings.js';
import { gatherDirectory, gatherFile } from './gather-directory.js';
import { gatherTar } from './gather-tar.js';
import { type Gathered, madeTime } from './gathered.js';
import { orderLayer } from './layer-order.js';
import { markNodes, markParents, missingBelow } from './marks.js';
import { nameOfSource } from './parse-words.js';
import { recogniseSource, type Source } from './recognise.js';
import { unmarkSame } from './same-entries.js';
import { deletionsOf, type Stacked, stacked, startStack } from './stacked.js';
import { measureLayer, writeLayer } from './write-layer.js';

/**
 * Plans one new layer for an image, or for none: deletions first, then additions in their order, of which a later one
 * wins over earlier ones. Directories merge with those of the image, anything else replaces. Sources are looked
 * at now and read when the layer is made; the same input gives the same bytes.
 *
 * @param base null for a layer that stands alone
 * @param deletions paths of the image; symlinks are followed but for the last name
 * @throws LayersError ERR_LAYERS_PATH_NOT_FOUND for a deletion of what is not there; ERR_LAYERS_USAGE for the
 *   root as one, a destination that cannot be, and a source that is neither file nor directory;
 *   ERR_LAYERS_INPUT_NAME for a name that a layer cannot hold; ERR_LAYERS_READ, ERR_LAYERS_INPUT_CHANGED,
 *   ERR_LAYERS_TAR_*, and the errors of compressions
 */
export async function planAppend(
  base: AppendBase | null,
  additions: readonly Addition[],
  deletions: readonly (string | Uint8Array)[],
  options: AppendOptions = {},
): Promise<AppendPlan> {
  const findings = createFindings();
  const mirror = options.mirror ?? options.diff ?? false;
  let stack = startStack(base);
  if (deletions.length > 0) {
    stack = stacked(stack, deletionsOf(deletions.map((path) => deletedPath(stack, path))), null);
  }
  const mirrored: Buffer[] = [];
  for (const addition of additions) {
    const source = await recogniseSource(addition);
    const { place, gathered } = await gather(stack, addition, source, options, findings);
    stack = stacked(stack, gathered.changeset, gathered);
    findings.take(addition.source, gathered.changeset.findings);
    findings.take(addition.source, stack.after.changes.at(-1)?.findings ?? []);
    if (source.kind !== 'file' && mirror) mirrored.push(joinNames(place.names));
  }
  if (mirrored.length > 0) {
    const { after } = stack;
    const missing = missingBelow(
      stack,
      mirrored.map((path) => findNode(after, path)),
    );
    if (missing.length > 0) {
      stack = stacked(stack, deletionsOf(missing.map((node) => nodePath(after, node))), null);
    }
  }
  const marks = markNodes(stack);
  const unchanged = options.diff ? await unmarkSame(stack, marks) : 0;
  markParents(stack, marks);
  findings.takeLostXattrs(stack, marks);
  const order = orderLayer(stack, marks);
  const draft = { stack, marks, order, madeTime: madeTime(options) };
  const tarBytes = measureLayer(draft);
  return {
    tarBytes,
    ...countPlan(stack, marks, order),
    unchanged,
    findings: findings.list(),
    tar: () => writeLayer({ ...draft, tarBytes }),
  };
}

function deletedPath(stack: Stacked, path: string | Uint8Array): Buffer {
  const bytes = typeof path === 'string' ? Buffer.from(path) : Buffer.from(path);
  const names = wordsOf(bytes);
  const last = names.pop();
  if (last === undefined || last.every((byte) => byte === 0x2e)) {
    throw new LayersError(
      'ERR_LAYERS_USAGE',
      `${printed(path)} cannot be deleted: it is the root or ends in dots`,
      {
        hint: 'name what is to go, such as /var/cache',
      },
    );
  }
  const parent = followPath(stack.after, names);
  const found = parent === null ? null : joinNames([...parent.names, last]);
  const node = found === null ? NONE : findNode(stack.after, found);
  if (node === NONE) {
    throw new LayersError('ERR_LAYERS_PATH_NOT_FOUND', `${printed(path)} is not in the image`, {
      hint: 'see what is there with: layers ls IMAGE',
    });
  }
  return nodePath(stack.after, node);
}

async function gather(
  stack: Stacked,
  addition: Addition,
  source: Source,
  options: AppendOptions,
  findings: Findings,
): Promise<{ readonly place: Place; readonly gathered: Gathered }> {
  const place = placeOf(stack, addition, source, findings);
  const follow = !(options.mirror ?? options.diff ?? false);
  const mapper = createPathMapper(stack.after, place, follow, (link, target) =>
    findings.followed(addition.source, printed(link), printed(target)),
  );
  const gathering = {
    source: addition.source,
    options,
    find: findings.of(addition.source),
  };
  if (source.kind === 'directory') {
    return { place, gathered: await gatherDirectory(addition.source, mapper, gathering) };
  }
  if (source.kind === 'tar') return { place, gathered: await gatherTar(source.tar, mapper, gathering) };
  return { place, gathered: gatherFile(addition.source, joinNames(place.names), gathering) };
}

/** Where an addition goes, or a single file with its name. */
function placeOf(stack: Stacked, addition: Addition, source: Source, findings: Findings): Place {
  const bytes = Buffer.from(addition.destination);
  if (bytes[0] !== 0x2f || bytes.includes(0)) refuseDestination(addition, 'it is not a path from the root');
  const place = followPath(stack.after, wordsOf(bytes));
  if (place === null) refuseDestination(addition, 'its symlinks go round in a circle in the image');
  if (place.followed)
    findings.followed(addition.source, addition.destination, printed(joinNames(place.names)));
  const { nodes } = stack.after;
  const isDirectory = place.node !== NONE && nodes.isLiveDirectory(place.node);
  const { names } = place;
  for (let depth = 1; depth < names.length; depth++)
    refuseFileOnTheWay(stack, addition, names.slice(0, depth));
  if (source.kind !== 'file') {
    refuseFileOnTheWay(stack, addition, names);
    return place;
  }
  if (!isDirectory && addition.destination.endsWith('/')) refuseFileOnTheWay(stack, addition, names);
  if (!isDirectory && !addition.destination.endsWith('/')) return place;
  const inside = followPath(stack.after, [...names, Buffer.from(nameOfSource(addition.source))]);
  if (inside === null) refuseDestination(addition, 'its symlinks go round in a circle in the image');
  if (inside.node !== NONE && nodes.kindOf(inside.node) === Kind.directory) {
    refuseDestination(addition, `a directory of the image has the name of the file`);
  }
  return inside;
}

function refuseFileOnTheWay(stack: Stacked, addition: Addition, names: readonly Uint8Array[]): void {
  const path = joinNames(names);
  const node = findNode(stack.after, path);
  if (node === NONE || stack.after.nodes.isLiveDirectory(node)) return;
  refuseDestination(addition, `/${printed(path)} is no directory in the image`);
}

function refuseDestination({ source, destination }: Addition, trouble: string): never {
  throw new LayersError('ERR_LAYERS_USAGE', `${source} cannot go to ${destination}: ${trouble}`, {
    hint: 'write SOURCE:/destination with a directory that is there or can be made',
  });
}
