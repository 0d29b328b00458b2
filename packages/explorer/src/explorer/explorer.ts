import type { Format } from '../lines/format.js';
import type { ListRows } from '../list/list-source.js';
import { filesList } from '../lists/files-list.js';
import { helpText } from '../panes/help.js';
import type { Effect, Report } from '../state/effect.js';
import type { ExploredImage } from '../state/image.js';
import type { LayerRange } from '../tree/layer-range.js';
import { PathIndex } from '../tree/path-index.js';
import { ListView } from '../views/list-view.js';
import type { MouseInput } from '../views/mouse.js';
import { PanesView } from '../views/panes-view.js';
import { askLine } from '../views/questions.js';
import { type TextOptions, TextView } from '../views/text-view.js';
import { type Action, DONE, type Question, say, type View } from '../views/view.js';

/** The keys of reports. */
const REPORTS: ReadonlyMap<string, Report> = new Map([
  ['W', 'waste'],
  ['D', 'duplicates'],
  ['A', 'advice'],
  ['P', 'packages'],
  ['H', 'history'],
  ['I', 'image'],
]);

const UNKNOWN_KEY = 'no such key: ? shows all';

/** The title above a view. */
const TITLE_ROWS = 1;

/** The lists. The model makes that of files; the others are reports. */
type ListName = 'files' | Report;

/** A note in the last line. */
export interface Message {
  readonly text: string;
  readonly isError: boolean;
}

/**
 * An image that is explored: handles keys, and does no IO. A key is a character, or a name such as `up`, `enter` or
 * `ctrl-a`. What it needs from outside is an effect. After each key, `work` continues what takes longer.
 */
export class Explorer {
  readonly format: Format;
  readonly panes: PanesView;
  /** The views above the panes, the last on the screen. */
  #views: readonly View[] = [];
  /** The list that led to what the panes show; null where none did, or where the user returned to it. */
  #origin: ListView | null = null;
  /** The lists that were shown, each with its cursor. */
  readonly #lists = new Map<string, ListView>();
  #question: Question | null = null;
  #message: Message | null = null;
  /** Whether `J` writes without asking for a file. */
  hasExportFile = false;
  /** What is being read, such as the path of a file. */
  #busy: string | null = null;

  constructor(image: ExploredImage, format: Format) {
    this.format = format;
    this.panes = new PanesView(image, indexOf(image), format);
  }

  get image(): ExploredImage {
    return this.panes.image;
  }

  get index(): PathIndex {
    return this.panes.tree.index;
  }

  /** Shows more layers of the image, which continue those that are shown. What is selected stays. */
  grow(image: ExploredImage): void {
    this.panes.grow(image, indexOf(image));
  }

  /** The view on the screen. */
  get top(): View {
    return this.#views.at(-1) ?? this.panes;
  }

  get question(): Question | null {
    return this.#question;
  }

  get message(): Message | null {
    return this.#message;
  }

  get busy(): string | null {
    return this.#busy;
  }

  /** Handles a key. */
  update(key: string): Effect | null {
    const message = this.#message;
    this.#message = null;
    if (key === 'ctrl-c') return { kind: 'interrupt' };
    if (key === 'ctrl-z') return { kind: 'suspend' };
    if (this.#busy !== null) {
      if (key !== 'q' && key !== 'escape') return null;
      this.#busy = null;
      return { kind: 'cancel' };
    }
    if (this.#question !== null) return this.#type(this.#question, key);
    if (this.#origin !== null && this.#leavesPanes(key, message)) {
      this.show(this.#origin);
      return null;
    }
    const action = this.#keyOfAllViews(key) ?? this.top.update(key) ?? say(UNKNOWN_KEY);
    // Esc first closes the message.
    return action.kind === 'close' && key === 'escape' && message !== null ? null : this.#perform(action);
  }

  /** Handles the mouse. While a line is typed or something is read, it does nothing. */
  mouse(input: MouseInput): Effect | null {
    if (this.#busy !== null || this.#question !== null) return null;
    const action = this.top.mouse({ ...input, row: input.row - TITLE_ROWS });
    if (action === null) return null;
    this.#message = null;
    return this.#perform(action);
  }

  /** Continues pending work until `isOver`; returns whether nothing is left. */
  work(isOver: () => boolean): boolean {
    return this.top.work(isOver);
  }

  /** Shows that something is read, until a view or a message is shown. */
  setBusy(text: string | null): void {
    this.#busy = text;
  }

  showMessage(text: string, isError = false): void {
    this.#busy = null;
    this.#message = { text, isError };
  }

  /** Shows a text on the whole screen. The title is safe to show. */
  showText(title: string, bytes: Uint8Array, options: TextOptions = {}): void {
    this.show(new TextView(title, bytes, this.format, options));
  }

  /** Shows a report as a list. It is kept for the next time. The name is safe to show. */
  showList(report: ListName, name: string, rows: ListRows): void {
    const list = new ListView(name, rows, this);
    this.#lists.set(this.#keyOf(report), list);
    this.#switchTo(list);
  }

  /** Shows what differs between two file systems. */
  showComparison(range: LayerRange): void {
    this.#busy = null;
    this.panes.showComparison(range);
  }

  /** Shows a view above the others, or in place of the same text. */
  show(view: View): void {
    this.#busy = null;
    const isSame = view instanceof TextView && this.top instanceof TextView && this.top.name === view.name;
    this.#setViews([...(isSame ? this.#views.slice(0, -1) : this.#views), view]);
  }

  /** Shows a list in place of all other views above the panes. */
  #switchTo(list: ListView): void {
    this.#busy = null;
    this.#setViews([list]);
  }

  #setViews(views: readonly View[], origin: ListView | null = null): void {
    this.#views = views;
    const isList = views.some((view) => view instanceof ListView);
    this.#origin = origin ?? (isList ? null : this.#origin);
    this.panes.isFromList = this.#origin !== null;
  }

  /** Whether a key leaves the panes; Esc first closes an error, and ends what limits the files. */
  #leavesPanes(key: string, message: Message | null): boolean {
    if (this.#views.length > 0) return false;
    return key === 'q' || (key === 'escape' && message?.isError !== true && !this.panes.isLimited);
  }

  #keyOfAllViews(key: string): Action | null {
    if (key === '?')
      return { kind: 'open', view: new TextView('Keys', Buffer.from(helpText()), this.format) };
    if (key === 'J') return this.#askExport();
    const report = REPORTS.get(key);
    if (report === undefined && key !== 'F') return null;
    const { readLayers, layers } = this.image;
    if (readLayers < layers.length) return say('wait until all layers are read');
    if (report !== undefined) return { kind: 'report', report };
    if (!this.#shownAgain('files'))
      this.showList('files', 'Files of all layers', filesList(this.image, this.index, this.format));
    return DONE;
  }

  /** Shows a list that was shown before, as it was left; returns whether there is one. */
  #shownAgain(name: ListName): boolean {
    const list = this.#lists.get(this.#keyOf(name));
    if (list !== undefined) this.#switchTo(list);
    return list !== undefined;
  }

  /** Reports about two images are those of the one whose layer is selected. */
  #keyOf(name: ListName): string {
    const { pair, layers } = this.image;
    const layer = this.panes.layers.layer ?? layers.length - 1;
    return pair === undefined || name === 'files' ? name : `${name} ${layers[layer]?.bottom ?? 0}`;
  }

  #askExport(): Action {
    if (this.hasExportFile) return { kind: 'export', to: null };
    return askLine('write what is seen as JSON to: ', 'seen.json', (to) => ({ kind: 'export', to }));
  }

  /** Does what the model can do; returns what it cannot. */
  #perform(action: Action): Effect | null {
    switch (action.kind) {
      case 'done':
        return null;
      case 'open':
        this.show(action.view);
        return null;
      case 'close':
        this.#setViews(this.#views.slice(0, -1));
        return null;
      case 'ask':
        this.#question = action.question;
        return null;
      case 'say':
        this.showMessage(action.text, action.isError);
        return null;
      case 'go':
        this.#setViews([], this.#views.findLast((view) => view instanceof ListView) ?? null);
        this.panes.go(action.layer, action.node);
        if (typeof action.note === 'string') this.showMessage(action.note);
        return null;
      case 'report':
        return this.#shownAgain(action.report) ? null : action;
      default:
        return action;
    }
  }

  #type(question: Question, key: string): Effect | null {
    const { line } = question;
    if (key === 'escape') {
      this.#question = null;
      question.onCancel?.();
    } else if (key === 'enter') {
      this.#question = null;
      return this.#perform(question.onAnswer(line.text));
    } else if (question.onKey?.(key) !== true && line.update(key)) {
      const note = question.onChange?.(line.text) ?? null;
      if (note !== null) this.#message = { text: note, isError: false };
    }
    return null;
  }
}

function indexOf({ events, layers }: ExploredImage): PathIndex {
  return new PathIndex(
    events,
    layers.findIndex(({ isHidden }) => isHidden === true),
  );
}
