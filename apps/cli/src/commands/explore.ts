import { allFindings, analyse, refuseDamage } from '@layers/core/analysis';
import { changesetOf, readImage } from '@layers/core/image';
import { PathEvents } from '@layers/insight/events';
import { ExitStatus } from '../exit-status.js';
import { chosenImage } from '../explore/choose-screen.js';
import { loadingFrame } from '../explore/loading-frame.js';
import { ExplorerRunner } from '../explore/run-explorer.js';
import type { Screen } from '../explore/screen.js';
import { keyboardOf, Terminal } from '../explore/terminal.js';
import { withInputs } from '../input/inputs.js';
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
  };
  // The screen is not for notes of other code.
  const options = { ...flags, quiet: true, onProgress };
  terminal.open();
  show(loading);
  try {
    return await withInputs(options, { ...session, signal: stopped }, async (inputs) => {
      const opened = await inputs.open(input, options, { contents: true });
      const chosen = await untilAborted(
        stopped,
        chosenImage(opened.archive, input, flags, { terminal, view, show, end }),
      );
      show(loading);
      const image = await readImage(opened.archive, chosen, opened.options);
      refuseDamage(image, { isComplete: false });
      const events = new PathEvents(image.layers.map(changesetOf));
      const analysis = analyse(image, events.union);
      const runner = new ExplorerRunner(analysis, events, { terminal, session, view }, end);
      show({
        onKey: (key) => runner.key(key),
        onMouse: (mouse) => runner.mouse(mouse),
        redraw: () => runner.redraw(),
      });
      await untilAborted(stopped, new Promise<never>(() => {})).catch(() => runner.stop());
      terminal.close();
      signal.throwIfAborted();
      return ended.signal.reason === 'interrupt'
        ? ExitStatus.interrupted
        : presentFindings(allFindings(analysis), flags, session);
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
