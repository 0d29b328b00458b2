export { appendLayer, configureImage, rechunkImage, repackImage, squashImage } from './api/change.js';
export {
  type DamageOptions,
  type ExportImageOptions,
  type ExtractImageOptions,
  exportImage,
  extractImage,
} from './api/rootfs.js';
export { type WriteImageOptions, type WriteTarget, writeArchive, writeImage } from './api/write.js';
export type {
  Addition,
  AppendOptions,
  AppendPlan,
  Owner,
} from './append/append-options.js';
export type { ArchiveFormat } from './archive/archive-documents.js';
export type { AppendedImage, AppendLayerOptions } from './change/append.js';
export type { ConfigureOptions } from './change/configure.js';
export type { RootfsTar } from './change/export.js';
export type { RechunkedImage, RechunkOptions, RechunkReport } from './change/rechunk.js';
export type { RepackOptions, Reproducible } from './change/repack.js';
export type { SquashOptions } from './change/squash.js';
export { type CompressOptions, compressStream } from './compress/compress-stream.js';
export type { Command, ConfigEdits, PlatformEdit } from './config/edits.js';
export type { NewStep } from './config/history.js';
export type { Healthcheck } from './dockerfile/health-check.js';
export type { ExtractReport, NotDone, NotDoneKind } from './extract/report.js';
export type {
  ExistingLayer,
  GeneratedLayer,
  LayerCompression,
  NewImage,
  NewIndex,
  NewLayer,
  WrittenImage,
  WrittenLayer,
} from './image/new-image.js';
