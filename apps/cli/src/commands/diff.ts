import { historyDocument } from '@layers/core/analysis';
import { compareImages, dockerDiff, type FileChange } from '@layers/core/diff';
import { type ReadImage, readPair, upToLayer } from '@layers/core/image';
import { withContext } from '@layers/errors';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import {
  checkTwoImages,
  type DiffFlags,
  type DiffRequest,
  diffRequest,
  pairChoice,
} from '../flags/diff-request.js';
import { lowerLayers } from '../flags/layer-flag.js';
import { withInputs } from '../input/inputs.js';
import { type ChosenImage, type ChosenPair, openPair } from '../input/read-pair.js';
import { isExact } from '../output/exact-text.js';
import type { View } from '../output/view.js';
import { writeNotes } from '../output/write-out.js';
import { renderDiff } from '../render/diff/diff.js';
import { renderDockerChanges } from '../render/diff/docker.js';
import { diffItems } from '../render/diff/items.js';
import { renderPatch } from '../render/diff/patch.js';
import { present } from '../render/present.js';
import type { Session } from '../session.js';

/** Runs `layers diff`: compares two images, or two states of one. */
export async function diff(
  a: string,
  b: string | undefined,
  flags: DiffFlags,
  session: Session,
): Promise<ExitStatus> {
  if (flags.pullCost === true) {
    if (b === undefined) throw usageError('--pull-cost needs two images', 'layers diff --pull-cost A B');
    const { pullCost } = await import('./pull-cost.js');
    return pullCost(a, [b], flags, session);
  }
  const request = diffRequest(flags);
  if (b === undefined) checkTwoImages(flags);
  const contents = needsContents(request);
  const verify = flags.verify ?? false;
  const reading = { verify, contents, reuses: true, files: contents, listed: !verify };
  return withInputs(flags, session, async (inputs) => {
    const pair = await openPair({ a, b }, pairChoice(flags), reading, inputs);
    const images = await readPair(upTo(pair.a, flags.layerA), upTo(pair.b, flags.layerB), pair.options);
    const work = { images, request, pair, flags, session };
    return flags.format === 'docker' ? presentDocker(work) : presentDiff(work);
  });
}

/** The position below the first layer: no layer at all. */
const NO_LAYER = -1;

/** Two images, and what to compare. */
interface Work {
  readonly images: readonly [ReadImage, ReadImage];
  readonly request: DiffRequest;
  readonly pair: ChosenPair;
  readonly flags: DiffFlags;
  readonly session: Session;
}

async function presentDiff({ images: [a, b], request, pair, flags, session }: Work): Promise<ExitStatus> {
  const { signal, onProgress } = pair.options;
  const document = await compareImages(a, b, { ...request, signal, onProgress });
  pair.endProgress();
  const { top, newFile: newFiles = false } = flags;
  const instructions = { a: instructionsOf(a), b: instructionsOf(b) };
  const isPatch = flags.patch === true;
  const render = (view: View) =>
    isPatch
      ? renderPatch(document.files ?? [], { exact: isExact(view, session), newFiles }, view)
      : renderDiff(document, { top, instructions }, view);
  const isFailure = () => !document.identical;
  const status = await present(
    { document, items: diffItems(document), render, showsFindings: !isPatch, isFailure },
    flags,
    session,
  );
  if (isPatch && document.identical) await noteTrust(document, flags, session);
  if (isPatch && !newFiles) await noteNewFiles(document.files ?? [], flags, session);
  return status;
}

/** Says on standard error what an empty patch means where layers count as the same by declared digests alone. */
async function noteTrust(
  { byDeclaredDigests }: { readonly byDeclaredDigests: boolean },
  { quiet, json, jsonl }: DiffFlags,
  { stderr }: Session,
): Promise<void> {
  if (!byDeclaredDigests || quiet === true || json === true || jsonl === true) return;
  await writeNotes(stderr, ['note: identical by declared digests; --verify computes the digests\n']);
}

/** Says on standard error how a patch has the files that only one image has. */
async function noteNewFiles(
  files: Iterable<Pick<FileChange, 'change'>>,
  { quiet, json, jsonl }: DiffFlags,
  { stderr }: Session,
): Promise<void> {
  if (quiet === true || json === true || jsonl === true) return;
  for (const { change } of files) {
    if (change !== 'added' && change !== 'removed') continue;
    await writeNotes(stderr, [
      'note: the content of files that only one image has is left out: -N adds it\n',
    ]);
    return;
  }
}

async function presentDocker({ images: [a, b], request, pair, flags, session }: Work): Promise<ExitStatus> {
  const { include, exclude } = request;
  const { signal, onProgress } = pair.options;
  const { changes, findings, byDeclaredDigests } = await dockerDiff(a, b, {
    include,
    exclude,
    signal,
    onProgress,
  });
  pair.endProgress();
  let isFailure = findings.some(({ code }) => code === 'layers-not-compared');
  const seen = function* () {
    for (const change of changes) {
      isFailure = true;
      yield change;
    }
  };
  const render = (view: View) => renderDockerChanges(seen(), isExact(view, session));
  const status = await present(
    { document: { findings }, render, showsFindings: false, isFailure: () => isFailure },
    flags,
    session,
  );
  if (!isFailure) await noteTrust({ byDeclaredDigests }, flags, session);
  return status;
}

/** Returns the instruction of each layer, by its position. */
function instructionsOf(image: ReadImage): Map<number, string | null> {
  const steps = historyDocument(image).history;
  return new Map(steps.flatMap(({ layer, instruction }) => (layer === null ? [] : [[layer, instruction]])));
}

/** Returns the image up to a layer. Throws ERR_LAYERS_LAYER_NOT_FOUND. */
function upTo({ archive, image }: ChosenImage, layer: string | undefined): ChosenImage {
  if (layer === undefined) return { archive, image };
  try {
    return { archive, image: layer === 'none' ? upToLayer(image, NO_LAYER) : lowerLayers(layer)(image) };
  } catch (error) {
    throw withContext(error, { archive: archive.source.path });
  }
}

/** Everything else is computed while an archive streams. */
function needsContents({ only, ignore, patch }: DiffRequest): boolean {
  return patch !== undefined || (only.includes('packages') && !ignore.includes('packages'));
}
