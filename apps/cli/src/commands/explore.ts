import { allFindings, analyse, refuseDamage } from '@layers/core/analysis';
import { changesetOf } from '@layers/core/image';
import { PathEvents } from '@layers/insight/events';
import { ExitStatus } from '../exit-status.js';
import { loadingFrame } from '../explore/loading-frame.js';
import { ExplorerRunner } from '../explore/run-explorer.js';
import { keyboardOf, Terminal } from '../explore/terminal.js';
import { withImage } from '../input/inputs.js';
import type { Amount } from '../output/progress.js';
import { viewOf } from '../output/view.js';
import { presentFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

/** Runs `layers explore`: shows an image on the terminal, and lets the user walk through it. */
export async function explore(name: string, flags: ImageFlags, session: Session): Promise<ExitStatus> {
  const { stdout, env, signal } = session;
  const keyboard = keyboardOf(session);
  const view = viewOf(stdout, env, flags);
  const ended = new AbortController();
  let runner: ExplorerRunner | null = null;
  let amount: Amount | null = null;
  const end = (reason: 'quit' | 'interrupt'): void => {
    terminal.close();
    ended.abort(reason);
  };
  const redraw = (): void => {
    if (runner === null) terminal.draw(loadingFrame(name, amount, terminal, view));
    else runner.redraw();
  };
  const onKey = (key: string): void => {
    if (runner !== null) runner.key(key);
    else if (key === 'q') end('quit');
    else if (key === 'ctrl-c') end('interrupt');
    else if (key === 'ctrl-z') terminal.suspend();
  };
  const terminal = new Terminal(session, keyboard, view.colours.isColorSupported, {
    onKey,
    onResize: redraw,
  });
  const onProgress = (latest: Amount): void => {
    amount = latest;
    redraw();
  };
  const stopped = AbortSignal.any([signal, ended.signal]);
  terminal.open();
  redraw();
  try {
    return await withImage(
      name,
      // The screen is not for notes of other code.
      { ...flags, quiet: true, onProgress },
      { ...session, signal: stopped },
      { contents: true, acceptsDamage: true, artifacts: true },
      async (image) => {
        refuseDamage(image, { isComplete: false });
        const events = new PathEvents(image.layers.map(changesetOf));
        const analysis = analyse(image, events.union);
        await new Promise<void>((resolve) => {
          stopped.addEventListener('abort', () => resolve());
          runner = new ExplorerRunner(analysis, events, { terminal, session, view }, end);
          runner.redraw();
        });
        terminal.close();
        signal.throwIfAborted();
        return ended.signal.reason === 'interrupt'
          ? ExitStatus.interrupted
          : presentFindings(allFindings(analysis), flags, session);
      },
    );
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    return ended.signal.reason === 'interrupt' ? ExitStatus.interrupted : ExitStatus.done;
  } finally {
    terminal.close();
  }
}
