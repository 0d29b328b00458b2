export type {
  LayerCompression,
  MadeLayer,
  NewImage,
  NewLayer,
  StoredLayer,
  WrittenImage,
  WrittenLayer,
} from './image/new-image.js';
export { How, type TreePlan } from './plan/tree-plan.js';
