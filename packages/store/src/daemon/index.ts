export { type DaemonAddress, type DaemonEndpoint, daemonEndpoint } from './endpoint.js';
export { type DaemonImage, inspectInDaemon } from './inspect.js';
export { type ListedDaemonImage, listInDaemon } from './list.js';
export { type LoadedByDaemon, loadIntoDaemon, type WriteToDaemon } from './load.js';
export { type DaemonInfo, type DaemonOptions, pingDaemon } from './ping.js';
export { readFromDaemon } from './read.js';
export { saveFromDaemon } from './save.js';
export type { DaemonTls } from './tls.js';
