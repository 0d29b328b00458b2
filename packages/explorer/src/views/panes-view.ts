import type { Format } from '../lines/format.js';
import type { Line } from '../lines/line.js';
import { movedRow } from '../lines/moved-row.js';
import { type ExploredImage, layerName, layersName } from '../state/image.js';
import { LayerState } from '../state/layer-state.js';
import { contentOf } from '../state/selection.js';
import { TreeState } from '../state/tree-state.js';
import { type Filter, NEEDS_LAYER, NO_FILTER, needsLayer } from '../tree/filter.js';
import type { LayerRange } from '../tree/layer-range.js';
import type { PathIndex } from '../tree/path-index.js';
import { aboutLayer, type Selected } from './about.js';
import { type MouseInput, wheelRows } from './mouse.js';
import { panesLines, panesTitle } from './panes-frame.js';
import { type PanePlace, paneAt } from './panes-layout.js';
import { readPanes, seenFiles } from './panes-reading.js';
import { askFilter, askSearch, searchNote } from './questions.js';
import type { Reading } from './reading.js';
import type { Seen } from './seen.js';
import { TextView } from './text-view.js';
import { isNodeKey, treeClick, treeKey } from './tree-keys.js';
import { type Action, DONE, say, type View } from './view.js';

/** Where to search too, if nothing matches. */
const ELSEWHERE = '; F searches all layers';

const HINTS = [
  ...['Tab panes', '/ search', 'f filter', 'Enter view', 'd difference', 'W waste', 'F all files'],
  ...['A advice', 'w write', 'x extract', 's sort', 'c changes', 'i all about it', 'b wasted bytes'],
  ...['D duplicates', 'P packages', 'H history', 'I config', 'm mark', 'o stored by', 'O ended by'],
  ...['p pager', 'e editor'],
];

/** The layers and the tree of files, with details of what is selected. */
export class PanesView implements View, Selected {
  #image: ExploredImage;
  readonly format: Format;
  readonly layers: LayerState;
  readonly tree: TreeState;
  /** Whether the user came from a list, to which `q` returns. */
  isFromList = false;
  #focus: 'layers' | 'tree' = 'layers';
  #width = 80;
  #height = 24;
  #progress: string | null = null;

  constructor(image: ExploredImage, index: PathIndex, format: Format) {
    this.#image = image;
    this.format = format;
    this.layers = new LayerState(image);
    this.tree = new TreeState(index, this.layers.range);
  }

  get image(): ExploredImage {
    return this.#image;
  }

  get focus(): 'layers' | 'tree' {
    return this.#focus;
  }

  /** The columns of the last frame. */
  get width(): number {
    return this.#width;
  }

  get hints(): readonly string[] {
    const quit = this.isFromList ? 'q back to the list' : 'q quit';
    return [...(this.#progress === null ? [] : [this.#progress]), '? help', quit, ...HINTS];
  }

  /** Whether there is a filter or a search that Esc ends. */
  get isLimited(): boolean {
    return this.tree.filter.text !== '' || this.tree.found !== null;
  }

  title(width: number): string {
    return panesTitle(this.image, width, this.format);
  }

  note(): string | null {
    const { found } = this.tree;
    return found === null ? null : searchNote(found, this.format.text(found.word), ELSEWHERE);
  }

  work(isOver: () => boolean): boolean {
    return this.tree.work(isOver);
  }

  frame(width: number, height: number): Line[] {
    this.#width = width;
    this.#height = height;
    return panesLines(this, width, height);
  }

  read(): Reading {
    return readPanes(this);
  }

  seen(): Seen {
    return seenFiles(this);
  }

  /** Shows how much of the image is read. */
  setProgress(text: string | null): void {
    this.#progress = text;
  }

  /** Takes an image with more layers that are read. */
  grow(image: ExploredImage, index: PathIndex): void {
    this.#image = image;
    this.tree.grow(index);
  }

  /** Selects a layer, and a path in its tree. */
  go(layer: number | null, node: number | null): void {
    if (layer !== null) this.#selectLayer(this.layers.rowOf(layer));
    if (node === null) return;
    this.#focus = 'tree';
    this.tree.show(node);
  }

  update(key: string): Action | null {
    switch (key) {
      case 'q':
        return { kind: 'quit' };
      case 'tab':
      case 'shift-tab':
        this.#focus = this.#focus === 'layers' ? 'tree' : 'layers';
        return DONE;
      case '[':
        return this.#selectLayer(this.layers.row - 1);
      case ']':
        return this.#selectLayer(this.layers.row + 1);
      case 'ctrl-l':
      case 'ctrl-a':
        this.layers.setAggregated(key === 'ctrl-a');
        // The final file system has no changes, the last layer has.
        if (key === 'ctrl-a' && !this.layers.range.marks) this.layers.moveTo(this.layers.count - 1);
        this.tree.setRange(this.layers.range);
        return key === 'ctrl-a' ? say(this.#aggregatedText()) : DONE;
      case 'm': {
        const done = this.layers.toggleStart();
        this.tree.setRange(this.layers.range);
        return say(done);
      }
      case 'c':
        this.tree.toggleChangesOnly();
        return say(this.tree.changesOnly ? 'only changes' : 'all files');
      case 'b':
        return say(this.tree.toggleWasted() ? 'wasted bytes: b shows sizes' : 'sizes');
      case 's':
        return say(`sorted by ${this.tree.nextSort()}`);
      case 'f':
      case 'ctrl-f':
        return this.#askFilter();
      case '/':
        this.#focus = 'tree';
        return askSearch(this.tree, ELSEWHERE);
      case 'n':
      case 'N':
        return this.tree.nextMatch(key === 'n' ? 1 : -1) ? DONE : say('no match: / searches');
      case 'E':
      case 'C':
        this.tree.setAllExpanded(key === 'E');
        return DONE;
      case 'escape':
        this.tree.clearSearch();
        this.tree.setFilter(NO_FILTER);
        return DONE;
      default:
        if (this.#focus === 'layers') return this.#layersKey(key);
        return key === 'd' && this.#comparesLayers ? this.#compare() : treeKey(this, key);
    }
  }

  #aggregatedText(): string {
    const { range, leavesOutBottom } = this.layers;
    const name = range.from === range.to ? layerName(this.image, range.to) : layersName(this.image, range);
    return `changes of ${name}${leavesOutBottom ? '; Ctrl-A again: with the lowest layer' : ''}`;
  }

  mouse(input: MouseInput): Action | null {
    const place = paneAt(input, this.#focus, this.#width, this.#height);
    if (place === null) return null;
    const rows = wheelRows(input);
    if (rows === 0) return this.#click(place, input.kind === 'double-click');
    if (place.pane === 'tree') this.tree.scrollBy(rows);
    else {
      const { row } = this.layers;
      this.layers.scrollBy(rows);
      if (this.layers.row !== row) this.tree.setRange(this.layers.range);
    }
    return DONE;
  }

  #click({ pane, row, column, width }: PanePlace, isDouble: boolean): Action | null {
    this.#focus = pane;
    if (row < 0) return DONE;
    if (pane === 'tree') return treeClick(this, { row: this.tree.top + row, column, width }, isDouble);
    const clicked = this.layers.top + row;
    if (clicked >= this.layers.count) return DONE;
    return isDouble && clicked === this.layers.row ? this.#layersKey('enter') : this.#selectLayer(clicked);
  }

  #layersKey(key: string): Action | null {
    const row = movedRow(key, this.layers.row, this.layers.height, this.layers.count);
    if (row !== null) return this.#selectLayer(row);
    if (key === 'right' || key === 'l') {
      this.#focus = 'tree';
      return DONE;
    }
    if (key === 'd') return this.#compare();
    if (key !== 'enter' && key !== 'v' && key !== 'i')
      return isNodeKey(key) ? say('this key is for files: Tab goes to them') : null;
    const about = aboutLayer(this);
    if (about === null) return { kind: 'report', report: 'image' };
    return { kind: 'open', view: new TextView(about.title, Buffer.from(about.text), this.format) };
  }

  /** Shows what differs between two file systems. */
  showComparison(range: LayerRange): void {
    this.layers.compare(range);
    this.tree.setRange(this.layers.range);
    this.#focus = 'tree';
  }

  /** Whether `d` is about layers in the tree too: one is marked, and no file is selected. */
  get #comparesLayers(): boolean {
    const { tree, layers } = this;
    return layers.hasStart && contentOf(tree.index, tree.node, layers.range) === null;
  }

  #compare(): Action {
    const { readLayers, layers } = this.image;
    if (readLayers < layers.length) return say('wait until all layers are read');
    const { compared } = this.layers;
    return typeof compared === 'string' ? say(compared) : { kind: 'compare', range: compared };
  }

  #askFilter(): Action {
    const focus = this.#focus;
    const set = (filter: Filter): void => {
      this.#focus = 'tree';
      this.tree.setFilter(filter);
    };
    const reset = (before: Filter): void => {
      this.tree.setFilter(before);
      this.#focus = focus;
    };
    const onDone = (filter: Filter): Action =>
      needsLayer(filter, this.layers.range) ? say(NEEDS_LAYER) : DONE;
    return askFilter({ filter: this.tree.filter, set, reset, onDone }, this.image.layers);
  }

  #selectLayer(row: number): Action {
    this.layers.moveTo(row);
    this.tree.setRange(this.layers.range);
    return DONE;
  }
}
