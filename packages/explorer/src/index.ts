export { Explorer, type Message } from './explorer/explorer.js';
export { frame } from './explorer/frame.js';
export { ListChooser } from './explorer/list-chooser.js';
export type { Format, NodeType } from './lines/format.js';
export type { Line, Span, Style } from './lines/line.js';
export { helpText, KEYS } from './panes/help.js';
export type { ContentPlace, Effect, Report } from './state/effect.js';
export type { ExploredImage, ExploredLayer } from './state/image.js';
