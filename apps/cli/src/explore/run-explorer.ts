import type { Progress } from '@layers/core/image';
import { isLayersError } from '@layers/errors';
import {
  type ContentPlace,
  type Effect,
  Explorer,
  frame,
  layerName,
  type MouseInput,
} from '@layers/explorer';
import { escapeBytesForTerminal, escapeForTerminal } from '../output/escape.js';
import type { View } from '../output/view.js';
import type { Session } from '../session.js';
import { compareFiles } from './compare-files.js';
import { fileDifference, patchStyle } from './file-difference.js';
import { formatOf } from './format.js';
import { differenceText, imageText } from './image-text.js';
import { listOf } from './make-list.js';
import { openWith } from './open-with.js';
import { contentChunks, MAX_VIEW_BYTES, readForView } from './read-content.js';
import { type Explored, placeIn, sideOf } from './sides.js';
import type { Terminal } from './terminal.js';
import { extractPath, saveContent } from './write-files.js';

/** Work on the tree before a screen is drawn: keys are answered at once, also while much is computed. */
const SLICE_MS = 6;

const REPORTS = {
  image: 'Image',
  waste: 'Waste',
  duplicates: 'Duplicates',
  advice: 'Advice',
  packages: 'Packages',
  history: 'History',
} as const;

/** Lets a user explore an image on a terminal. It handles keys until `onEnd` is called. */
export class ExplorerRunner {
  #explored: Explored;
  readonly #explorer: Explorer;
  readonly #terminal: Terminal;
  readonly #session: Session;
  readonly #onEnd: (how: 'quit' | 'interrupt') => void;
  #task: AbortController | null = null;
  #isDue = false;

  constructor(
    explored: Explored,
    {
      terminal,
      session,
      view,
    }: { readonly terminal: Terminal; readonly session: Session; readonly view: View },
    onEnd: (how: 'quit' | 'interrupt') => void,
  ) {
    this.#explored = explored;
    this.#explorer = new Explorer(explored.image, formatOf(view));
    this.#terminal = terminal;
    this.#session = session;
    this.#onEnd = onEnd;
  }

  /** Shows more layers. */
  grow(explored: Explored): void {
    this.#explored = explored;
    this.#explorer.grow(explored.image);
    this.redraw();
  }

  /** Shows how much is read; null where all is. */
  setProgress(text: string | null): void {
    this.#explorer.panes.setProgress(text);
    this.redraw();
  }

  key(key: string): void {
    // Keys may come together: a key moves in what the one before expanded.
    this.#work();
    this.#handle(this.#explorer.update(key));
  }

  mouse(input: MouseInput): void {
    this.#handle(this.#explorer.mouse(input));
  }

  #handle(effect: Effect | null): void {
    if (effect !== null) this.#perform(effect);
    this.redraw();
  }

  /** Draws soon: once for all keys that came together. */
  redraw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      const isDone = this.#work();
      const { columns, rows } = this.#terminal;
      this.#terminal.draw(frame(this.#explorer, columns, rows));
      if (!isDone) this.redraw();
    });
  }

  #work(): boolean {
    const start = performance.now();
    return this.#explorer.work(() => performance.now() - start > SLICE_MS);
  }

  /** Stops what is being done. */
  stop(): void {
    this.#task?.abort();
    this.#task = null;
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'quit':
      case 'interrupt':
        this.stop();
        this.#onEnd(effect.kind);
        break;
      case 'suspend':
        this.#terminal.suspend();
        break;
      case 'cancel':
        this.stop();
        break;
      case 'copy':
        this.#terminal.copy(effect.text);
        this.#explorer.showMessage(`copied ${escapeForTerminal(effect.text)}`);
        break;
      case 'view': {
        const { place, difference } = effect;
        const title = escapeBytesForTerminal(place.path);
        this.#start(`Reading ${title} …`, async (signal) => {
          const at = placeIn(this.#explored, place);
          const bytes = await readForView(at.image, at.place, signal);
          signal.throwIfAborted();
          const none = {
            kind: 'say',
            text: 'there is no earlier version of this file',
            isError: false,
          } as const;
          this.#explorer.showText(`${title}  of ${this.#layerName(place)}`, bytes, {
            keys: new Map([['d', difference ?? none]]),
            place,
          });
          if (place.sizeBytes > MAX_VIEW_BYTES)
            this.#explorer.showMessage(
              `only the first ${MAX_VIEW_BYTES} of ${place.sizeBytes} bytes are shown`,
            );
        });
        break;
      }
      case 'difference': {
        const { before, after } = effect.versions;
        const title = escapeBytesForTerminal((after ?? before)?.path ?? new Uint8Array(0));
        this.#start(`Comparing ${title} …`, async (signal) => {
          const bytes = await fileDifference(effect, (place) => this.#chunks(place, signal));
          signal.throwIfAborted();
          this.#explorer.showText(`Difference of ${title}`, bytes, { styleOf: patchStyle });
        });
        break;
      }
      case 'compare': {
        const { range } = effect;
        const text = 'Comparing the file systems …';
        this.#start(text, async (signal) => {
          const sides = {
            a: sideOf(this.#explored, range.from - 1),
            b: sideOf(this.#explored, range.to),
          };
          const onProgress = ({ doneBytes, totalBytes }: Progress): void => {
            if (signal.aborted || totalBytes === null || totalBytes === 0) return;
            this.#explorer.setBusy(`${text} ${Math.floor((doneBytes / totalBytes) * 100)} %`);
            this.redraw();
          };
          const { events } = this.#explored.image;
          const differences = await compareFiles(events, range, sides, { signal, onProgress });
          this.#explorer.showComparison({ ...range, differences });
        });
        break;
      }
      case 'report': {
        const { report } = effect;
        const title = REPORTS[report];
        this.#start(`${title} …`, async (signal) => {
          const { layer } = this.#explorer.panes.layers;
          const side = sideOf(this.#explored, layer);
          if (report === 'image') {
            const isDifference = layer === null && this.#explored.image.pair !== undefined;
            const width = this.#terminal.columns - 1;
            const text = isDifference
              ? await differenceText(this.#explored, width, this.#session, signal)
              : imageText(side.analysis(), width, this.#session);
            signal.throwIfAborted();
            this.#explorer.showText(title, Buffer.from(text));
            return;
          }
          const rows = await listOf(report, side, this.#explorer, signal);
          signal.throwIfAborted();
          this.#explorer.showList(report, title, rows);
        });
        break;
      }
      case 'open-with': {
        const isPager = effect.program === 'pager';
        this.#start(isPager ? 'Opening the pager …' : 'Copying for the editor …', async (signal) => {
          const done = await openWith(effect, image, this.#terminal, this.#session, signal);
          if (done === null) this.#explorer.setBusy(null);
          else this.#explorer.showMessage(done.text, done.isError);
        });
        break;
      }
      case 'save': {
        const to = escapeForTerminal(effect.to);
        this.#start(`Writing ${to} …`, async (signal) => {
          await saveContent(this.#chunks(effect.place, signal), effect.to, signal);
          this.#explorer.showMessage(`${effect.place.sizeBytes} bytes written to ${to}`);
        });
        break;
      }
      case 'extract':
        this.#start(`Extracting to ${escapeForTerminal(effect.to)} …`, async (signal) => {
          const { image, first } = sideOf(this.#explored, effect.layer);
          const done = await extractPath(image, effect.path, effect.layer - first, effect.to, signal);
          this.#explorer.showMessage(escapeForTerminal(done));
        });
        break;
    }
  }

  #chunks(place: ContentPlace, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const at = placeIn(this.#explored, place);
    return contentChunks(at.image, at.place, signal);
  }

  #layerName({ layer }: ContentPlace): string {
    return layerName(this.#explorer.image, layer);
  }

  /** Does something that takes time, until it is done or stopped. An error of the input or output is shown. */
  #start(text: string, work: (signal: AbortSignal) => Promise<void>): void {
    this.stop();
    const task = new AbortController();
    this.#task = task;
    this.#explorer.setBusy(text);
    work(task.signal)
      .catch((error: unknown) => {
        if (task.signal.aborted) return;
        if (!isLayersError(error)) throw error;
        this.#explorer.showMessage(escapeForTerminal(error.message), true);
      })
      .finally(() => this.redraw());
  }
}
