export { Explorer, type Message } from './explorer/explorer.js';
export { frame } from './explorer/frame.js';
export { type Choice, ListChooser } from './explorer/list-chooser.js';
export { readExplorer, type Spoken } from './explorer/read-explorer.js';
export type { Format, NodeType } from './lines/format.js';
export type { Line, Span, Style } from './lines/line.js';
export type { ListColumn, ListRows, ListSource } from './list/list-source.js';
export { shiftedRows } from './list/shifted.js';
export { adviceList } from './lists/advice-list.js';
export { duplicatesList } from './lists/duplicates-list.js';
export { historyList } from './lists/history-list.js';
export { packagesList } from './lists/packages-list.js';
export { wasteList } from './lists/waste-list.js';
export { helpText, KEYS } from './panes/help.js';
export type {
  ContentPlace,
  DifferenceEffect,
  Effect,
  ExtractEffect,
  OpenWith,
  Report,
  Versions,
} from './state/effect.js';
export { type ExploredImage, type ExploredLayer, type ExploredPair, layerName } from './state/image.js';
export { compareStates, decided, pairAt } from './tree/differences.js';
export { emptyingLayer } from './tree/emptying-layer.js';
export type { Differences, LayerRange } from './tree/layer-range.js';
export type { MouseInput } from './views/mouse.js';
export type { Reading } from './views/reading.js';
export type { Seen } from './views/seen.js';
export { TextView } from './views/text-view.js';
export type { Action, View } from './views/view.js';
