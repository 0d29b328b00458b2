import { type Progress, type ReadImage, type VerifyOptions, verifyLayers } from '@layers/core/image';
import { removeOnExit, Yielder } from '@layers/core/io';
import { Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import { Action, type TreePlan } from '../plan/tree-plan.js';
import { type Attributes, attributesOf, createRestorer } from './attributes.js';
import { type Destination, openDestination } from './destination.js';
import { createFileWriter } from './file-writer.js';
import { createHardlinkWriter } from './hardlink-writer.js';
import { findMergedNames } from './merged-names.js';
import { createOpenDirectories, type OpenDirectories } from './open-directories.js';
import { readContents } from './read-contents.js';
import { createReportBuilder, type ExtractReport } from './report.js';
import { selectedBytes, selectedContents } from './selected-contents.js';
import { type Selection, selectSteps } from './selection.js';
import { createSpecialFileWriter } from './special-files.js';
import { createSymlinkWriter } from './symlink-writer.js';
import { TreeWriter } from './tree-writer.js';

export interface ExtractOptions extends Pick<VerifyOptions, 'onMismatch'> {
  /** Extract only these paths and what is below them, with their parent directories. */
  readonly paths?: readonly Uint8Array[] | undefined;
  /** Extract into a directory that is not empty. Replaces existing files, but not directories with contents. */
  readonly force?: boolean | undefined;
  /** Whether to set owners. Default: for root only; then owners that are not set are in the report. */
  readonly sameOwner?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Extracts the merged tree of an image into `directory`, which is created if it does not exist. Writes nothing outside
 * of it, and follows no symlink in it: directories are made first, each from its open parent; then contents, layer by
 * layer; symlinks come last. Directories get their modes and times at the end; until then only their owner can enter
 * them.
 *
 * Modes do not depend on the umask. Setuid and setgid bits are set only if owner and group are those of the image. Times
 * are exact to the microsecond; the access time is the modification time. The program `setfattr` sets extended attributes.
 * The report lists what could not be extracted.
 *
 * If this throws, extracted files stay, but no partial file: ERR_LAYERS_OUTPUT_EXISTS for a directory that is not empty,
 * ERR_LAYERS_WRITE_OUTPUT, ERR_LAYERS_PATH_NOT_FOUND, ERR_LAYERS_BLOB_MISMATCH before anything is written, what
 * `readContent` throws, and the signal's reason.
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
  const contents = image.layers.filter(
    ({ position }) => selectedContents(union, selection, position, () => true).length > 0,
  );
  await verifyLayers(image, contents, { signal: options.signal, onMismatch: options.onMismatch });
  const destination = openDestination(directory, options.force ?? false);
  const directories = createOpenDirectories(union, destination);
  try {
    return await extractSelected({ image, union, plan, destination, directories, selection, options });
  } finally {
    directories.close();
  }
}

interface Extraction {
  readonly image: ReadImage;
  readonly union: Union;
  readonly plan: TreePlan;
  readonly destination: Destination;
  readonly directories: OpenDirectories;
  readonly selection: Selection;
  readonly options: ExtractOptions;
}

async function extractSelected(extraction: Extraction): Promise<ExtractReport> {
  const { image, union, plan, destination, directories, selection, options } = extraction;
  const { nodes, layers } = union;
  const force = options.force ?? false;
  const directory = destination.path;
  const report = createReportBuilder(union);
  const totalBytes = selectedBytes(union, selection);
  const yielder = new Yielder({
    bytes: 4 * 1024 * 1024,
    steps: 1000,
    signal: options.signal,
    onPause: (doneBytes) => options.onProgress?.({ doneBytes, totalBytes }),
  });
  const restorer = createRestorer(report, options.sameOwner ?? null);
  const merged = force ? findMergedNames(union, destination) : new Set<number>();
  const tree = new TreeWriter({ union, directories, report, directory, force, merged });
  const writer = createFileWriter(tree, restorer, report);
  // A signal may end the process while it writes.
  const releaseUnfinished = removeOnExit(`${directory} (unfinished file)`, () => writer.abandon());
  const special = createSpecialFileWriter({ union, destination, directories, tree, report });
  const symlinks = createSymlinkWriter(union, tree, report);
  const hardlinks = createHardlinkWriter({
    union,
    tree,
    writer,
    report,
    yielder,
    makeCopy: makeSpecial,
    // Other systems link to the target of the symlink.
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
      await readContents(image, layer, { entries, open }, yielder);
    }
    await eachLink((kind) => kind === Kind.file);
    const isSpecial = (kind: number): boolean =>
      kind === Kind.fifo || kind === Kind.char || kind === Kind.block;
    await eachPrimaryName(isSpecial, (node) => {
      makeSpecial(node);
      return yielder.pause();
    });
    await eachLink(isSpecial);
    await eachPrimaryName((kind) => kind === Kind.symlink, makeSpecial);
    await eachLink((kind) => kind === Kind.symlink);
    await finishDirectories();
    await yielder.pause();
  } catch (error) {
    abandon(error);
    throw error;
  } finally {
    releaseUnfinished();
  }
  return report.build();

  async function eachStep(run: (node: number) => Promise<void> | void): Promise<void> {
    for (let step = 0; step < plan.count; step++) {
      const node = plan.node[step] ?? NONE;
      if (plan.action[step] === Action.whiteout || !selection.isSelected(node)) continue;
      const done = run(node);
      if (done !== undefined) await done;
      if (yielder.count(0)) await yielder.pause();
    }
  }

  async function eachPrimaryName(
    isKind: (kind: number) => boolean,
    make: (node: number) => void,
  ): Promise<void> {
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
  function makeSpecial(node: number): void {
    const isSymlink = nodes.kindOf(node) === Kind.symlink;
    if (!(isSymlink ? symlinks.make(node) : special.make(node))) return;
    guard(node, () => {
      restorer.onPath(node, tree.pathOf(node), attributesAt(node));
      if (!isSymlink) restorer.specialBits(node, tree.pathOf(node), attributesAt(node));
    });
  }

  /** Sets the attributes of directories, deepest first: creating a file in a directory changes its time, and its mode may forbid it. */
  async function finishDirectories(): Promise<void> {
    for (let step = plan.count - 1; step >= 0; step--) {
      const node = plan.node[step] ?? NONE;
      if (plan.action[step] === Action.whiteout || nodes.kindOf(node) !== Kind.directory) continue;
      if (!selection.isSelected(node) || !tree.isOwnDirectory(node)) continue;
      guard(node, () => restorer.onDescriptor(node, directories.open(node).fd, attributesAt(node)));
      if (yielder.count(0)) await yielder.pause();
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

  /** Removes an unfinished file. If that fails too, throws both errors. */
  function abandon(error: unknown): void {
    try {
      writer.abandon();
    } catch (removalError) {
      throw new LayersError('ERR_LAYERS_WRITE_OUTPUT', `an incomplete file is left below ${directory}`, {
        cause: new AggregateError([error, removalError]),
        hint: 'remove the directory',
      });
    }
  }
}
