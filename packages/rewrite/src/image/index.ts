export { findingsOf, unionOf } from './complete-image.js';
export type {
  ExistingLayer,
  GeneratedLayer,
  LayerCompression,
  NewImage,
  NewIndex,
  NewLayer,
  WrittenImage,
  WrittenLayer,
} from './new-image.js';
