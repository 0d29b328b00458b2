export { openStore } from './open-store.js';
export type { Store, StoreBlob, StoreOptions } from './store.js';
export { storePath } from './store-path.js';
