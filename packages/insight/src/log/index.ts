export type { LogCause, LogDocument, LogEvent } from './document.js';
export { type LogOptions, logDocument } from './path-log.js';
