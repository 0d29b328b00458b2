export { type ImportedRootfs, type ImportOptions, type ImportReport, importRootfs } from './import-rootfs.js';
export type { RootfsInput } from './rootfs-input.js';
