export { ERROR_CODES, type ErrorCode } from './codes.js';
export {
  type ErrorDetails,
  type ErrorPlace,
  isLayersError,
  LayersError,
  withContext,
} from './layers-error.js';
export { printable } from './printable.js';
