import type { Analysis } from '@layers/core/analysis';
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
import { exploredImage } from './explored-image.js';
import { fileDifference, patchStyle } from './file-difference.js';
import { formatOf } from './format.js';
import type { ImagePart } from './image-parts.js';
import { imageText } from './image-text.js';
import { listOf } from './make-list.js';
import { contentChunks, MAX_VIEW_BYTES, readForView } from './read-content.js';
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
  #analysis: Analysis;
  readonly #explorer: Explorer;
  readonly #terminal: Terminal;
  readonly #session: Session;
  readonly #onEnd: (how: 'quit' | 'interrupt') => void;
  #task: AbortController | null = null;
  #isDue = false;

  constructor(
    part: ImagePart,
    {
      terminal,
      session,
      view,
    }: { readonly terminal: Terminal; readonly session: Session; readonly view: View },
    onEnd: (how: 'quit' | 'interrupt') => void,
  ) {
    this.#analysis = part.analysis;
    this.#explorer = new Explorer(exploredImage(part), formatOf(view));
    this.#terminal = terminal;
    this.#session = session;
    this.#onEnd = onEnd;
  }

  /** Shows more layers. */
  grow(part: ImagePart): void {
    this.#analysis = part.analysis;
    this.#explorer.grow(exploredImage(part));
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
    const { image } = this.#analysis;
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
          const bytes = await readForView(image, place, signal);
          signal.throwIfAborted();
          const none = {
            kind: 'say',
            text: 'there is no earlier version of this file',
            isError: false,
          } as const;
          this.#explorer.showText(`${title}  of ${this.#layerName(place)}`, bytes, {
            keys: new Map([['d', difference ?? none]]),
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
          const bytes = await fileDifference(effect, (place) => contentChunks(image, place, signal));
          signal.throwIfAborted();
          this.#explorer.showText(`Difference of ${title}`, bytes, { styleOf: patchStyle });
        });
        break;
      }
      case 'report': {
        const { report } = effect;
        const title = REPORTS[report];
        this.#start(`${title} …`, async (signal) => {
          if (report === 'image') {
            const text = imageText(this.#analysis, this.#terminal.columns - 1, this.#session);
            this.#explorer.showText(title, Buffer.from(text));
            return;
          }
          const rows = await listOf(report, this.#analysis, this.#explorer, signal);
          signal.throwIfAborted();
          this.#explorer.showList(report, title, rows);
        });
        break;
      }
      case 'save': {
        const to = escapeForTerminal(effect.to);
        this.#start(`Writing ${to} …`, async (signal) => {
          await saveContent(image, effect.place, effect.to, signal);
          this.#explorer.showMessage(`${effect.place.sizeBytes} bytes written to ${to}`);
        });
        break;
      }
      case 'extract':
        this.#start(`Extracting to ${escapeForTerminal(effect.to)} …`, async (signal) => {
          const done = await extractPath(image, effect.path, effect.layer, effect.to, signal);
          this.#explorer.showMessage(escapeForTerminal(done));
        });
        break;
    }
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
