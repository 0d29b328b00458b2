import type { Progress } from '@layers/core/image';
import { isLayersError } from '@layers/errors';
import {
  type ContentPlace,
  type Effect,
  Explorer,
  frame,
  layerName,
  type MouseInput,
  readExplorer,
} from '@layers/explorer';
import { escapeBytesForTerminal, escapeForTerminal } from '../output/escape.js';
import type { View } from '../output/view.js';
import type { Session } from '../session.js';
import { compareFiles } from './compare-files.js';
import type { Display } from './display.js';
import { type Exports, exploreDocument, writeExport } from './export-seen.js';
import { fileDifference, patchStyle } from './file-difference.js';
import { formatOf } from './format.js';
import { differenceText, imageText } from './image-text.js';
import { listOf } from './make-list.js';
import { openWith } from './open-with.js';
import { contentChunks, MAX_VIEW_BYTES, readForView } from './read-content.js';
import { type Explored, placeIn, sideOf } from './sides.js';
import type { Stage } from './stage.js';
import { extractPath, leftOutText, saveContent } from './write-files.js';

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
  readonly #stage: Stage;
  readonly #display: Display;
  readonly #session: Session;
  readonly #exports: Exports;
  #hasExported = false;
  #task: AbortController | null = null;
  #isDue = false;

  constructor(
    explored: Explored,
    {
      stage,
      session,
      view,
      exports,
    }: {
      readonly stage: Stage;
      readonly session: Session;
      readonly view: View;
      readonly exports: Exports;
    },
  ) {
    this.#explored = explored;
    this.#explorer = new Explorer(explored.image, formatOf(view));
    this.#explorer.hasExportFile = exports.export !== undefined;
    this.#stage = stage;
    this.#display = stage.display;
    this.#session = session;
    this.#exports = exports;
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
      this.#display.show({
        isIdle: isDone && this.#explorer.busy === null,
        frame: (columns, rows) => frame(this.#explorer, columns, rows),
        read: () => readExplorer(this.#explorer),
      });
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
        this.#stage.leave(effect.kind);
        break;
      case 'suspend':
        this.#display.suspend();
        break;
      case 'cancel':
        this.stop();
        break;
      case 'copy':
        this.#explorer.showMessage(
          `${this.#display.copy(effect.text) ? 'sent to the clipboard of the terminal: ' : ''}${escapeForTerminal(effect.text)}`,
        );
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
            const width = this.#display.columns - 1;
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
          const done = await openWith(
            effect,
            (place) => this.#chunks(place, signal),
            this.#display,
            this.#session,
            signal,
          );
          if (done === null) this.#explorer.setBusy(null);
          else this.#explorer.showMessage(done.text, done.isError);
        });
        break;
      }
      case 'export':
        this.#start('Writing what is seen …', async (signal) => {
          const to = await this.#export(effect.to, signal);
          this.#explorer.showMessage(`what is seen is written to ${escapeForTerminal(to)}`);
        });
        break;
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
          this.#explorer.showMessage(escapeForTerminal(done + leftOutText(effect)));
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

  /** Writes what is seen to the file of `--export`, where there is one. */
  async exportAtEnd(): Promise<void> {
    if (this.#exports.export !== undefined) await this.#export(null, this.#session.signal);
  }

  /** Writes what is seen; returns the name of the file. */
  async #export(to: string | null, signal: AbortSignal): Promise<string> {
    const path = to ?? this.#exports.export ?? 'seen.json';
    const isOurs = to === null && (this.#exports.force === true || this.#hasExported);
    const document = exploreDocument(this.#explored, this.#explorer);
    await writeExport(path, document, { force: isOurs, signal });
    if (to === null) this.#hasExported = true;
    return path;
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
