import { refuseDamage } from '@layers/core/analysis';
import {
  type Archive,
  type ImageDescription,
  type ReadImage,
  readImage,
  upToLayer,
} from '@layers/core/image';
import { usageError } from '../command-error.js';
import { ExitStatus } from '../exit-status.js';
import { chosenImage } from '../explore/choose-screen.js';
import { exploredImage } from '../explore/explored-image.js';
import { ImageParts } from '../explore/image-parts.js';
import { loadingFrame, progressText } from '../explore/loading-frame.js';
import { openedPair } from '../explore/opened-pair.js';
import { ExplorerRunner } from '../explore/run-explorer.js';
import type { Screen } from '../explore/screen.js';
import type { Explored } from '../explore/sides.js';
import { keyboardOf, Terminal } from '../explore/terminal.js';
import { lowestLayers } from '../input/base-layers.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { chooseImage, findInput } from '../input/open-input.js';
import type { Amount } from '../output/progress.js';
import { viewOf } from '../output/view.js';
import { presentFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface ExploreFlags extends ImageFlags {
  readonly mouse?: boolean;
  readonly base?: string;
  readonly imageB?: string;
  readonly platformB?: string;
}

/** Runs `layers explore`: shows an image, or the difference of two, on the terminal, and lets the user walk through it. */
export async function explore(
  name: string,
  other: string | undefined,
  flags: ExploreFlags,
  session: Session,
): Promise<ExitStatus> {
  const { stdout, env, signal } = session;
  const keyboard = keyboardOf(session);
  const isPair = other !== undefined || flags.imageB !== undefined || flags.platformB !== undefined;
  if (isPair && flags.base !== undefined)
    throw usageError('--base is for one image', 'leave out --base, or the second image');
  const input = findInput(name, flags, session);
  const view = viewOf(stdout, env, flags);
  const ended = new AbortController();
  const stopped = AbortSignal.any([signal, ended.signal]);
  let amount: Amount | null = null;
  let runner: ExplorerRunner | null = null;
  const end = (reason: 'quit' | 'interrupt'): void => {
    terminal.close();
    ended.abort(reason);
  };
  const loading: Screen = {
    onKey(key) {
      if (key === 'q') end('quit');
      else if (key === 'ctrl-c') end('interrupt');
      else if (key === 'ctrl-z') terminal.suspend();
    },
    onMouse: () => {},
    redraw: () => terminal.draw(loadingFrame(name, amount, terminal, view)),
  };
  let screen = loading;
  const show = (next: Screen): void => {
    screen = next;
    screen.redraw();
  };
  const looks = { hasColours: view.colours.isColorSupported, hasMouse: flags.mouse ?? true };
  const terminal = new Terminal(session, keyboard, looks, {
    onKey: (key) => screen.onKey(key),
    onMouse: (input) => screen.onMouse(input),
    onResize: () => screen.redraw(),
  });
  const onProgress = (latest: Amount): void => {
    amount = latest;
    if (screen === loading) loading.redraw();
    else runner?.setProgress(progressText(latest, view.bytes));
  };
  const choose = (archive: Archive): Promise<ImageDescription> =>
    untilAborted(stopped, chosenImage(archive, input, flags, { terminal, view, show, end }));
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
      const { fetchImage } = await import('../explore/fetched-image.js');
      const { options: reading } = inputs.start(input);
      const described = await source.describe();
      if (flags.base !== undefined)
        await findBase(chooseImage(described.archive, input, flags, true), inputs);
      const { image, description } = await fetchImage(described, input, flags, reading, inputs, (lower) =>
        parts.add(lower.image, lower.description),
      );
      return finish(parts, image, description);
    }
    const opened = await inputs.open(input, options, { contents: true, reuses: true, files: true });
    const description = await choose(opened.archive);
    show(loading);
    await findBase(description, inputs);
    parts.add(await readImage(opened.archive, upToLayer(description, -1)), description);
    const image = await readImage(opened.archive, description, {
      ...opened.options,
      onLayers: (lower) => parts.add(lower, description),
    });
    return finish(parts, image, description);
  };
  // The screen is not for notes of other code.
  const options = { ...flags, quiet: true, onProgress };
  terminal.open();
  show(loading);
  try {
    return await withInputs(options, { ...session, signal: stopped }, async (inputs) => {
      const showPart = (part: Explored): ExplorerRunner => {
        if (runner !== null) {
          runner.grow(part);
          return runner;
        }
        const first = new ExplorerRunner(part, { terminal, session, view }, end);
        runner = first;
        show({
          onKey: (key) => first.key(key),
          onMouse: (mouse) => first.mouse(mouse),
          redraw: () => first.redraw(),
        });
        return first;
      };
      const failed = new AbortController();
      const parts = new ImageParts(
        (part) => void showPart(exploredImage(part, baseLayers)),
        (error) => failed.abort(error),
      );
      inputs.defer(() => parts.stop());
      const reading = isPair
        ? openedPair({ a: name, b: other }, flags, inputs, options)
        : readWhole(inputs, parts);
      const whole = await untilAborted(AbortSignal.any([stopped, failed.signal]), reading);
      const explorer = showPart(whole);
      explorer.setProgress(null);
      await untilAborted(stopped, new Promise<never>(() => {})).catch(() => explorer.stop());
      terminal.close();
      signal.throwIfAborted();
      return ended.signal.reason === 'interrupt'
        ? ExitStatus.interrupted
        : presentFindings(whole.findings, flags, session);
    });
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    return ended.signal.reason === 'interrupt' ? ExitStatus.interrupted : ExitStatus.done;
  } finally {
    terminal.close();
  }
}

/** Waits for a value; rejects when the signal is aborted. */
function untilAborted<T>(signal: AbortSignal, value: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return Promise.race([
    value,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  ]);
}
