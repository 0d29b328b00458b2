import type { Progress, ReadImage } from '@layers/core/image';
import { Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import { Action, type TreePlan } from '../plan/tree-plan.js';
import { type Attributes, attributesOf, createRestorer } from './attributes.js';
import { type Destination, openDestination } from './destination.js';
import { createFileWriter } from './file-writer.js';
import { createFolders, type Folders } from './folders.js';
import { createHardlinkWriter } from './hardlink-writer.js';
import { findMergedNames } from './merged-names.js';
import { readContents } from './read-contents.js';
import { createReportBuilder, type ExtractReport } from './report.js';
import { selectedBytes, selectedContents } from './selected-contents.js';
import { type Selection, selectSteps } from './selection.js';
import { createSpecialFileWriter } from './special-files.js';
import { createSymlinkWriter } from './symlink-writer.js';
import { createTreeWriter } from './tree-writer.js';
import { createTurns } from './turns.js';

export interface ExtractOptions {
  /** Only what stands at these paths and below, and the directories that lead there. */
  readonly paths?: readonly Uint8Array[] | undefined;
  /** Extract into a directory that is not empty: replaces what stands in the way, but for directories with contents. */
  readonly force?: boolean | undefined;
  /** Whether to restore owners. Default: for root only; then owners that are not restored are in the report. */
  readonly sameOwner?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Makes the merged tree of an image on disk, below `directory`, which is made where it is not there. Nothing is
 * written outside of it, and no symlink in it is followed: directories are made first and reached one open directory
 * at a time, contents come next, layer by layer, and symlinks are made when all else is there. A directory has its
 * mode and time only at the end; until then only its owner can enter it.
 *
 * Modes are those of the image, whatever the umask. Setuid and setgid bits are kept where the owner they lend is the
 * image's. Times are exact to the microsecond; the time of access is that of modification. Extended attributes cannot
 * be set by Node: those that are lost are in the report, as is all else that could not be done.
 *
 * What is written stays when this throws, except for a file that is not whole: ERR_LAYERS_OUTPUT_EXISTS for a
 * directory that is not empty, ERR_LAYERS_WRITE_OUTPUT, ERR_LAYERS_PATH_NOT_FOUND, what `readContent` throws, and the
 * signal's reason.
 */
export async function extractTree(
  image: ReadImage,
  union: Union,
  plan: TreePlan,
  directory: string,
  options: ExtractOptions = {},
): Promise<ExtractReport> {
  const selection = selectSteps(union, plan, options.paths ?? null);
  options.signal?.throwIfAborted();
  const destination = openDestination(directory, options.force ?? false);
  const folders = createFolders(union, destination);
  try {
    return await fill({ image, union, plan, destination, folders, selection, options });
  } finally {
    folders.close();
  }
}

interface Extraction {
  readonly image: ReadImage;
  readonly union: Union;
  readonly plan: TreePlan;
  readonly destination: Destination;
  readonly folders: Folders;
  readonly selection: Selection;
  readonly options: ExtractOptions;
}

async function fill(extraction: Extraction): Promise<ExtractReport> {
  const { image, union, plan, destination, folders, selection, options } = extraction;
  const { nodes, layers } = union;
  const force = options.force ?? false;
  const directory = destination.path;
  const report = createReportBuilder(union);
  const turns = createTurns(options, selectedBytes(union, selection));
  const restorer = createRestorer(report, options.sameOwner ?? null);
  const merged = force ? findMergedNames(union, destination) : new Set<number>();
  const tree = createTreeWriter({ union, folders, report, directory, force, merged });
  const writer = createFileWriter(tree, restorer, report);
  const special = createSpecialFileWriter({ union, destination, folders, tree, report });
  const symlinks = createSymlinkWriter(union, tree, report);
  const hardlinks = createHardlinkWriter({
    union,
    tree,
    writer,
    report,
    turns,
    makeAgain,
    // Elsewhere the system would link to what the symlink names.
    isLinkable: (node) => nodes.kindOf(node) !== Kind.symlink || process.platform === 'linux',
  });

  try {
    await eachStep((node) => {
      if (nodes.kindOf(node) !== Kind.directory || node === ROOT) return;
      if (tree.hasParent(node)) tree.makeDirectory(node);
    });
    for (const layer of image.layers) {
      const entries = selectedContents(union, selection, layer.position, (node) => tree.hasParent(node));
      const open = (entry: number) =>
        writer.open(
          selection.primaryNameOf(layer.position, entry),
          attributesOf(layers[layer.position], entry),
        );
      await readContents(image, layer, { entries, open }, turns);
    }
    await eachLink((kind) => kind === Kind.file);
    const isSpecial = (kind: number): boolean =>
      kind === Kind.fifo || kind === Kind.char || kind === Kind.block;
    await eachLeader(isSpecial, (node) => {
      makeAgain(node);
      return turns.next();
    });
    await eachLink(isSpecial);
    await eachLeader((kind) => kind === Kind.symlink, makeAgain);
    await eachLink((kind) => kind === Kind.symlink);
    await finishDirectories();
    await turns.next();
  } catch (error) {
    abandon(error);
    throw error;
  }
  return report.report();

  async function eachStep(take: (node: number, step: number) => Promise<void> | void): Promise<void> {
    for (let step = 0; step < plan.count; step++) {
      const node = plan.node[step] ?? NONE;
      if (plan.action[step] === Action.whiteout || !selection.isSelected(node)) continue;
      const done = take(node, step);
      if (done !== undefined) await done;
      if (turns.take(0)) await turns.next();
    }
  }

  async function eachLeader(isKind: (kind: number) => boolean, make: (node: number) => void): Promise<void> {
    await eachStep((node) => {
      if (!isKind(nodes.kindOf(node)) || primaryNameOf(node) !== node) return;
      if (tree.hasParent(node)) make(node);
    });
  }

  async function eachLink(isKind: (kind: number) => boolean): Promise<void> {
    await eachStep((node) => {
      if (!isKind(nodes.kindOf(node)) || primaryNameOf(node) === node) return undefined;
      return tree.hasParent(node) ? hardlinks.link(node, primaryNameOf(node)) : undefined;
    });
  }

  function primaryNameOf(node: number): number {
    return selection.primaryNameOf(nodes.layerOf(node), nodes.entryOf(node));
  }

  /** Makes a symlink, FIFO or device. */
  function makeAgain(node: number): void {
    if (nodes.kindOf(node) === Kind.symlink ? symlinks.make(node) : special.make(node)) {
      guard(node, () => restorer.onPath(node, tree.pathOf(node), attributesAt(node)));
    }
  }

  /** From the deepest up, since what is made in a directory changes its time, and its mode may forbid it. */
  async function finishDirectories(): Promise<void> {
    for (let step = plan.count - 1; step >= 0; step--) {
      const node = plan.node[step] ?? NONE;
      if (plan.action[step] === Action.whiteout || nodes.kindOf(node) !== Kind.directory) continue;
      if (!selection.isSelected(node) || !tree.isOwnDirectory(node)) continue;
      guard(node, () => restorer.onDescriptor(node, folders.open(node).fd, attributesAt(node)));
      if (turns.take(0)) await turns.next();
    }
  }

  function attributesAt(node: number): Attributes {
    return attributesOf(layers[nodes.layerOf(node)], nodes.entryOf(node));
  }

  function guard(node: number, act: () => void): void {
    try {
      act();
    } catch (error) {
      throw tree.errorAt(node, error);
    }
  }

  /** Removes the file that is not whole. Where that fails too, both errors are told. */
  function abandon(error: unknown): void {
    try {
      writer.abandon();
    } catch (further) {
      throw new LayersError('ERR_LAYERS_WRITE_OUTPUT', `a file below ${directory} is left half-written`, {
        cause: new AggregateError([error, further]),
        hint: 'remove the directory',
      });
    }
  }
}
