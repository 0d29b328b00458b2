export type { CheckOptions, IndexRepair, StoreCheck } from './check/check-report.js';
export { checkStore } from './check/check-store.js';
export {
  type DaemonAddress,
  type DaemonEndpoint,
  daemonEndpoint,
  type Environment,
} from './daemon/endpoint.js';
export { type LoadedByDaemon, loadIntoDaemon, type WriteToDaemon } from './daemon/load.js';
export type { DaemonOptions } from './daemon/ping.js';
export { readFromDaemon } from './daemon/read.js';
export { saveFromDaemon } from './daemon/save.js';
export type { DaemonTls } from './daemon/tls.js';
export type { Removal, RemoveOptions } from './garbage/plan-removals.js';
export { type PruneOptions, type PruneReport, pruneStore } from './garbage/prune.js';
export { removeImages } from './garbage/remove-images.js';
export { findImage } from './images/find-image.js';
export { listImages } from './images/list-images.js';
export { openStoredImage } from './images/open-stored-image.js';
export type { FoundImage, StoredImage } from './images/stored-image.js';
export { type TagOptions, tagImage } from './images/tag-image.js';
export type { RootfsFacts } from './import/check-rootfs.js';
export {
  type ImportedRootfs,
  type ImportOptions,
  type ImportReport,
  importRootfs,
} from './import/import-rootfs.js';
export type { RootfsInput } from './import/rootfs-input.js';
export { openStore } from './layout/open-store.js';
export type { Store, StoreBlob, StoreOptions } from './layout/store.js';
export { storePath } from './layout/store-path.js';
export { type Lease, withLease } from './lease/with-lease.js';
export { loadImages } from './load/load-images.js';
export type { BlobCounts, LoadedImage, LoadOptions } from './load/loaded-image.js';
