import { NONE, nodePath } from '@layers/core/rootfs';
import type { Format } from '../lines/format.js';
import { movedRow } from '../lines/moved-row.js';
import { helpText } from '../panes/help.js';
import type { Effect, Report } from '../state/effect.js';
import type { ExploredImage } from '../state/image.js';
import { LayerState } from '../state/layer-state.js';
import { Prompt } from '../state/prompt.js';
import { contentOf, localName } from '../state/selection.js';
import { TreeState } from '../state/tree-state.js';
import { TextView } from '../text/text-view.js';
import { NO_FILTER, parseFilter } from '../tree/filter.js';
import { PathIndex } from '../tree/path-index.js';
import { aboutLayer, aboutPath } from './about.js';
import { type Asked, outputEffect, type Question } from './asked.js';

/** The keys of reports. */
const REPORTS: ReadonlyMap<string, Report> = new Map([
  ['W', 'waste'],
  ['D', 'duplicates'],
  ['A', 'advice'],
  ['P', 'packages'],
  ['I', 'image'],
]);

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
  readonly image: ExploredImage;
  readonly format: Format;
  readonly index: PathIndex;
  readonly layers: LayerState;
  readonly tree: TreeState;
  #focus: 'layers' | 'tree' = 'layers';
  #view: TextView | null = null;
  #prompt: Asked | null = null;
  #message: Message | null = null;
  /** The columns of the last frame. */
  width = 80;
  /** What is being read, such as the path of a file. */
  #busy: string | null = null;

  constructor(image: ExploredImage, format: Format) {
    this.image = image;
    this.format = format;
    this.index = new PathIndex(image.events);
    this.layers = new LayerState(image.layers.length);
    this.tree = new TreeState(this.index, this.layers.range);
  }

  get focus(): 'layers' | 'tree' {
    return this.#focus;
  }

  get view(): TextView | null {
    return this.#view;
  }

  get prompt(): Prompt | null {
    return this.#prompt?.line ?? null;
  }

  get message(): Message | null {
    return this.#message;
  }

  get busy(): string | null {
    return this.#busy;
  }

  /** Handles a key. */
  update(key: string): Effect | null {
    this.#message = null;
    if (key === 'ctrl-c') return { kind: 'interrupt' };
    if (key === 'ctrl-z') return { kind: 'suspend' };
    if (this.#busy !== null) {
      if (key !== 'q' && key !== 'escape') return null;
      this.#busy = null;
      return { kind: 'cancel' };
    }
    if (this.#prompt !== null) return this.#updatePrompt(this.#prompt, key);
    if (this.#view !== null) {
      this.#updateView(this.#view, key);
      return null;
    }
    return this.#updatePanes(key);
  }

  /** Continues pending work until `isOver`; returns whether nothing is left. */
  work(isOver: () => boolean): boolean {
    return this.tree.work(isOver);
  }

  /** Shows that something is read, until a text or a message is shown. */
  setBusy(text: string | null): void {
    this.#busy = text;
  }

  showMessage(text: string, isError = false): void {
    this.#busy = null;
    this.#message = { text, isError };
  }

  /** Shows a text on the whole screen. The title is safe to show. */
  showText(title: string, bytes: Uint8Array): void {
    this.#busy = null;
    this.#view = new TextView(title, bytes, this.format);
  }

  #updatePanes(key: string): Effect | null {
    const report = REPORTS.get(key);
    if (report !== undefined) return { kind: 'report', report };
    switch (key) {
      case 'q':
        return { kind: 'quit' };
      case '?':
        this.showText('Keys', Buffer.from(helpText()));
        return null;
      case 'tab':
      case 'shift-tab':
        this.#focus = this.#focus === 'layers' ? 'tree' : 'layers';
        return null;
      case '[':
        this.#selectLayer(this.layers.row - 1);
        return null;
      case ']':
        this.#selectLayer(this.layers.row + 1);
        return null;
      case 'ctrl-l':
      case 'ctrl-a':
        this.layers.setAggregated(key === 'ctrl-a');
        this.tree.setRange(this.layers.range);
        return null;
      case 'm':
        this.showMessage(this.layers.toggleStart());
        this.tree.setRange(this.layers.range);
        return null;
      case 'c':
        this.tree.toggleChangesOnly();
        this.showMessage(this.tree.changesOnly ? 'only changes' : 'all files');
        return null;
      case 's':
        this.showMessage(`sorted by ${this.tree.nextSort()}`);
        return null;
      case 'f':
      case 'ctrl-f':
        this.#ask('filter', 'filter: ', this.tree.filter.text);
        return null;
      case '/':
        this.#focus = 'tree';
        this.#ask('search', '/');
        return null;
      case 'n':
      case 'N':
        if (!this.tree.nextMatch(key === 'n' ? 1 : -1)) this.showMessage('no match: / searches');
        return null;
      case 'E':
      case 'C':
        this.tree.setAllExpanded(key === 'E');
        return null;
      case 'escape':
        this.tree.clearSearch();
        this.tree.setFilter(NO_FILTER);
        return null;
      default:
        return this.#focus === 'layers' ? this.#updateLayers(key) : this.#updateTree(key);
    }
  }

  #updateLayers(key: string): Effect | null {
    const row = movedRow(key, this.layers.row, this.layers.height, this.image.layers.length + 1);
    if (row !== null) this.#selectLayer(row);
    else if (key === 'right' || key === 'l') this.#focus = 'tree';
    else if (key === 'enter' || key === 'v' || key === 'i') {
      const about = aboutLayer(this);
      if (about === null) return { kind: 'report', report: 'image' };
      this.showText(about.title, Buffer.from(about.text));
    }
    return null;
  }

  #updateTree(key: string): Effect | null {
    const { tree } = this;
    const row = movedRow(key, tree.row, tree.height, tree.count);
    if (row !== null) {
      tree.moveTo(row);
      return null;
    }
    const { node } = tree;
    const { to } = this.layers.range;
    if (node === NONE) return null;
    const isDirectory = tree.isDirectory(node);
    const place = contentOf(this.index, node, to);
    switch (key) {
      case ' ':
        tree.toggle();
        return null;
      case 'right':
      case 'l':
        tree.enter();
        return null;
      case 'left':
      case 'h':
        tree.leave();
        return null;
      case 'enter':
      case 'v':
        if (place !== null) return { kind: 'view', place };
        if (isDirectory && key === 'enter') tree.toggle();
        else this.#showPath();
        return null;
      case 'i':
        this.#showPath();
        return null;
      case 'y':
        return { kind: 'copy', text: Buffer.from(nodePath(this.index.events.union, node)).toString('utf8') };
      case 'w':
        if (place !== null) this.#ask('save', 'write to: ', localName(place.path));
        else this.showMessage('not a file: x extracts it');
        return null;
      case 'x':
        this.#ask(
          'extract',
          'extract into the directory: ',
          localName(nodePath(this.index.events.union, node)),
        );
        return null;
      default:
        return null;
    }
  }

  #updateView(view: TextView, key: string): void {
    if (key === 'q' || key === 'escape') this.#view = null;
    else if (key === 'x') view.toggleHex();
    else if (key === '/') this.#ask('search-text', '/');
    else if (key === 'n' || key === 'N') {
      if (!view.search(view.word, key === 'n' ? 'next' : 'previous'))
        this.showMessage('no match: / searches');
    } else view.move(key);
  }

  #updatePrompt({ question, line }: Asked, key: string): Effect | null {
    if (key === 'escape') {
      this.#prompt = null;
      if (question === 'search') this.tree.endSearch(false);
      return null;
    }
    if (key === 'enter') {
      this.#prompt = null;
      return this.#answer(question, line.text);
    }
    if (question === 'search' && (key === 'up' || key === 'down')) {
      this.tree.nextMatch(key === 'down' ? 1 : -1);
      return null;
    }
    if (!line.update(key)) return null;
    if (question === 'search') this.tree.search(line.text);
    if (question === 'search-text' && line.text !== '' && this.#view?.search(line.text, 'here') === false)
      this.#message = { text: 'no match', isError: false };
    return null;
  }

  #answer(question: Question, text: string): Effect | null {
    if (question === 'search') {
      this.tree.endSearch(true);
      return null;
    }
    if (question === 'filter') {
      const filter = parseFilter(text);
      if ('problem' in filter) this.showMessage(filter.problem, true);
      else this.tree.setFilter(filter);
      return null;
    }
    return text === ''
      ? null
      : outputEffect(question, text, this.index, this.tree.node, this.layers.range.to);
  }

  #ask(question: Question, label: string, text = ''): void {
    this.#prompt = { question, line: new Prompt(label, text) };
  }

  #selectLayer(row: number): void {
    this.layers.moveTo(row);
    this.tree.setRange(this.layers.range);
  }

  #showPath(): void {
    const { title, text } = aboutPath(this);
    this.showText(title, Buffer.from(text));
  }
}
