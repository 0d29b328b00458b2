import { refuseDamage } from '@layers/core/analysis';
import { type ImageDescription, type ReadImage, readImage, upToLayer } from '@layers/core/image';
import { usageError } from '../command-error.js';
import { ExitStatus } from '../exit-status.js';
import { chosenImage, chosenName } from '../explore/choose-screen.js';
import { exploredImage } from '../explore/explored-image.js';
import { checkExport } from '../explore/export-seen.js';
import { ImageParts } from '../explore/image-parts.js';
import { loadingFrame, progressText } from '../explore/loading-frame.js';
import { makeStage } from '../explore/make-stage.js';
import { openedPair } from '../explore/opened-pair.js';
import { ExplorerRunner } from '../explore/run-explorer.js';
import type { Explored } from '../explore/sides.js';
import type { Screen, Stage } from '../explore/stage.js';
import { lowestLayers } from '../input/base-layers.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { chooseImage, findInput, type Input } from '../input/open-input.js';
import type { Opened } from '../input/reading.js';
import type { Amount } from '../output/progress.js';
import { type View, viewOf } from '../output/view.js';
import { presentFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface ExploreFlags extends ImageFlags {
  readonly mouse?: boolean;
  readonly base?: string;
  readonly imageB?: string;
  readonly platformB?: string;
  readonly plain?: boolean;
  readonly export?: string;
  readonly force?: boolean;
}

/** Runs `layers explore`: shows an image, or the difference of two, on the terminal, and lets the user walk through it. */
export async function explore(
  name: string | undefined,
  other: string | undefined,
  flags: ExploreFlags,
  session: Session,
): Promise<ExitStatus> {
  checkExport(flags.export, flags.force ?? false, session);
  const view = viewOf(session.stdout, session.env, flags);
  const stage = makeStage([name, other], flags, session);
  const isPair = other !== undefined || flags.imageB !== undefined || flags.platformB !== undefined;
  if (isPair && flags.base !== undefined)
    throw usageError('--base is for one image', 'leave out --base, or the second image');
  const named = name === undefined ? null : { name, input: findInput(name, flags, session) };
  stage.display.open();
  let finish: () => Promise<ExitStatus>;
  try {
    const image = { ...(named ?? (await chosen())), other, isPair };
    finish = await exploreImage(image, flags, session, stage, view);
  } catch (error) {
    if (stage.left === null) throw error;
    return stage.left === 'interrupt' ? ExitStatus.interrupted : ExitStatus.done;
  } finally {
    stage.display.close();
  }
  return finish();

  async function chosen(): Promise<Pick<NamedInput, 'name' | 'input'>> {
    const chosenOne = await stage.until(chosenName(view, session, stage));
    return { name: chosenOne, input: findInput(chosenOne, flags, session) };
  }
}

interface NamedInput {
  readonly name: string;
  readonly input: Input;
  /** The second image, where it has a name of its own. */
  readonly other: string | undefined;
  readonly isPair: boolean;
}

/** Lets the user explore an image until they leave; returns what is left to do without the display. */
function exploreImage(
  { name, input, other, isPair }: NamedInput,
  flags: ExploreFlags,
  session: Session,
  stage: Stage,
  view: View,
): Promise<() => Promise<ExitStatus>> {
  const { signal } = session;
  let amount: Amount | null = null;
  let runner: ExplorerRunner | null = null;
  const loading: Screen = {
    onKey(key) {
      if (key === 'q') stage.leave('quit');
      else if (key === 'ctrl-c') stage.leave('interrupt');
      else if (key === 'ctrl-z') stage.display.suspend();
    },
    onMouse: () => {},
    redraw: () =>
      stage.display.show({
        isIdle: false,
        frame: (columns, rows) => loadingFrame(name, amount, { columns, rows }, view),
        read: () => null,
      }),
  };
  const onProgress = (latest: Amount): void => {
    amount = latest;
    if (stage.screen === loading) loading.redraw();
    else runner?.setProgress(progressText(latest, view.bytes));
  };
  let baseLayers = 0;
  const findBase = async (description: ImageDescription, inputs: Inputs): Promise<void> => {
    if (flags.base !== undefined)
      baseLayers = (await lowestLayers(description, flags.base, inputs)).layers.length;
  };
  const finish = (parts: ImageParts, image: ReadImage, description: ImageDescription): Explored => {
    refuseDamage(image, { isComplete: false });
    return exploredImage(parts.finish(image, description), baseLayers);
  };
  const readWhole = async (inputs: Inputs, parts: ImageParts): Promise<Explored> => {
    const { source } = input;
    if ('describe' in source && source.describe !== undefined) {
      const described = await source.describe();
      const { openKnownInput } = await import('../input/compared-inputs.js');
      const known = inputs.readsAll ? null : await openKnownInput(input, described.graph, inputs);
      if (known !== null) return readOpened(known, inputs, parts);
      const { fetchImage } = await import('../explore/fetched-image.js');
      const { options: reading } = inputs.start(input);
      if (flags.base !== undefined)
        await findBase(chooseImage(described.archive, input, flags, true), inputs);
      const { image, description } = await fetchImage(described, input, flags, reading, inputs, (lower) =>
        parts.add(lower.image, lower.description),
      );
      return finish(parts, image, description);
    }
    return readOpened(
      await inputs.open(input, options, { contents: true, reuses: true, files: true }),
      inputs,
      parts,
    );
  };
  const readOpened = async (opened: Opened, inputs: Inputs, parts: ImageParts): Promise<Explored> => {
    const description = await stage.until(chosenImage(opened.archive, input, flags, view, stage));
    stage.show(loading);
    await findBase(description, inputs);
    await parts.start(await readImage(opened.archive, upToLayer(description, -1)), description);
    const image = await readImage(opened.archive, description, {
      ...opened.options,
      onLayers: (lower) => parts.add(lower, description),
    });
    return finish(parts, image, description);
  };
  // The screen is not for notes of other code.
  const options = { ...flags, quiet: true, onProgress };
  stage.show(loading);
  return withInputs(options, { ...session, signal: stage.signal }, async (inputs) => {
    const showPart = (part: Explored): ExplorerRunner => {
      if (runner !== null) {
        runner.grow(part);
        return runner;
      }
      const first = new ExplorerRunner(part, { stage, session, view, exports: flags });
      runner = first;
      stage.show({
        onKey: (key) => first.key(key),
        onMouse: (mouse) => first.mouse(mouse),
        redraw: () => first.redraw(),
      });
      return first;
    };
    const failed = new AbortController();
    const parts = new ImageParts(
      (part) => {
        // Lines of text cannot take back what was told of a part.
        if (flags.plain !== true) showPart(exploredImage(part, baseLayers));
      },
      (error) => failed.abort(error),
    );
    inputs.defer(() => parts.stop());
    const reading = isPair
      ? openedPair({ a: name, b: other }, flags, inputs, options)
      : readWhole(inputs, parts);
    const whole = await untilAborted(failed.signal, stage.until(reading));
    const explorer = showPart(whole);
    explorer.setProgress(null);
    await stage.until(new Promise<never>(() => {})).catch(() => explorer.stop());
    signal.throwIfAborted();
    return async () => {
      if (stage.left === 'interrupt') return ExitStatus.interrupted;
      await explorer.exportAtEnd();
      return presentFindings(whole.findings, flags, session);
    };
  });
}

/** Waits for a value; rejects when the signal is aborted. */
function untilAborted<T>(signal: AbortSignal, value: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return Promise.race([
    value,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  ]);
}
