export type {
  Addition,
  AppendFinding,
  AppendOptions,
  AppendPlan,
  Owner,
} from './append/append-options.js';
export { identityOf, readUnchanged, statSource } from './append/file-identity.js';
export { parseAddition, parseMode, parseOwner } from './append/parse-words.js';
export type { ArchiveFormat } from './archive/archive-documents.js';
export { type CompressTar, type CopyContext, copyLayer } from './archive/copy-layer.js';
export { type ImageDocuments, imageDocuments, jsonBytes } from './archive/image-documents.js';
export { layerDigests } from './archive/layer-digests.js';
export { knownFacts, type LayerFacts, uniqueLayers } from './archive/layer-facts.js';
export { plannedBytes } from './archive/planned-bytes.js';
export { type TagNames, tagNames } from './archive/tag-names.js';
export { type OutputTarget, type WriteOptions, writeImages } from './archive/write-images.js';
export { type AppendedImage, type AppendLayerOptions, appendLayer } from './change/append.js';
export { type ConfigureOptions, configureImage } from './change/configure.js';
export { exportRootfs, type RootfsTar } from './change/export.js';
export { extractRootfs } from './change/extract.js';
export { type RepackOptions, type Reproducible, repackImage } from './change/repack.js';
export { type SquashOptions, squashImage } from './change/squash.js';
export { type CompressOptions, compressStream } from './compress/compress-stream.js';
export { timeFromEpoch } from './config/created-time.js';
export type { Command, ConfigEdits, PlatformEdit } from './config/edits.js';
export type { NewStep } from './config/history.js';
export type { Healthcheck } from './dockerfile/health-check.js';
export { type EmitOptions, emitTar } from './emit/emit-tar.js';
export { checkDestination } from './extract/destination.js';
export type { ExtractOptions } from './extract/extract-tree.js';
export type { ExtractReport, NotDone, NotDoneKind } from './extract/report.js';
export type {
  ExistingLayer,
  GeneratedLayer,
  LayerCompression,
  NewImage,
  NewLayer,
  WrittenImage,
  WrittenLayer,
} from './image/new-image.js';
export { planSquash } from './plan/plan-squash.js';
export { planTree } from './plan/plan-tree.js';
export { planWithoutWaste } from './plan/plan-without-waste.js';
export { Action, type TreePlan } from './plan/tree-plan.js';
