import { allFindings, refuseDamage } from '@layers/core/analysis';
import { type Archive, type ImageDescription, readImage, upToLayer } from '@layers/core/image';
import { ExitStatus } from '../exit-status.js';
import { chosenImage } from '../explore/choose-screen.js';
import { type ImagePart, ImageParts } from '../explore/image-parts.js';
import { loadingFrame, progressText } from '../explore/loading-frame.js';
import { ExplorerRunner } from '../explore/run-explorer.js';
import type { Screen } from '../explore/screen.js';
import { keyboardOf, Terminal } from '../explore/terminal.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { findInput } from '../input/open-input.js';
import type { Amount } from '../output/progress.js';
import { viewOf } from '../output/view.js';
import { presentFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface ExploreFlags extends ImageFlags {
  readonly mouse?: boolean;
}

/** Runs `layers explore`: shows an image on the terminal, and lets the user walk through it. */
export async function explore(name: string, flags: ExploreFlags, session: Session): Promise<ExitStatus> {
  const { stdout, env, signal } = session;
  const keyboard = keyboardOf(session);
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
  const readWhole = async (inputs: Inputs, parts: ImageParts): Promise<ImagePart> => {
    const { source } = input;
    if ('describe' in source && source.describe !== undefined) {
      const { fetchImage } = await import('../explore/fetched-image.js');
      const { options: reading } = inputs.start(input);
      const { image, description } = await fetchImage(
        await source.describe(),
        input,
        flags,
        reading,
        inputs,
        (lower) => parts.add(lower.image, lower.description),
      );
      return parts.finish(image, description);
    }
    const opened = await inputs.open(input, options, { contents: true });
    const description = await choose(opened.archive);
    show(loading);
    parts.add(await readImage(opened.archive, upToLayer(description, -1)), description);
    const image = await readImage(opened.archive, description, {
      ...opened.options,
      onLayers: (lower) => parts.add(lower, description),
    });
    return parts.finish(image, description);
  };
  // The screen is not for notes of other code.
  const options = { ...flags, quiet: true, onProgress };
  terminal.open();
  show(loading);
  try {
    return await withInputs(options, { ...session, signal: stopped }, async (inputs) => {
      const showPart = (part: ImagePart): ExplorerRunner => {
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
      const parts = new ImageParts(showPart, (error) => failed.abort(error));
      inputs.defer(() => parts.stop());
      const whole = await untilAborted(AbortSignal.any([stopped, failed.signal]), readWhole(inputs, parts));
      refuseDamage(whole.analysis.image, { isComplete: false });
      const explorer = showPart(whole);
      explorer.setProgress(null);
      await untilAborted(stopped, new Promise<never>(() => {})).catch(() => explorer.stop());
      terminal.close();
      signal.throwIfAborted();
      return ended.signal.reason === 'interrupt'
        ? ExitStatus.interrupted
        : presentFindings(allFindings(whole.analysis), flags, session);
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
