export { IMAGE_NAME, REF_NAME } from './annotations.js';
export { attestedManifest, isAttestation, isImageManifest } from './attestation.js';
export { type ImageConfig, parseConfig, platformOfImage } from './config.js';
export type { Descriptor } from './descriptor.js';
export {
  CONFIG_FIELDS,
  type FieldNames,
  fieldNameOf,
  foldKey,
  MANIFEST_FIELDS,
  withFieldNames,
} from './field-names.js';
export { type HistoryEntry, joinHistory } from './history.js';
export { parseIndex } from './index-document.js';
export { cleanInstruction } from './instruction.js';
export { checkJsonLimits, MAX_JSON_BYTES, parseJson } from './json.js';
export { JsonNumber } from './json-number.js';
export { type Manifest, parseManifest } from './manifest.js';
export {
  compressionOfMediaType,
  DOCKER_CONFIG,
  DOCKER_INDEX,
  DOCKER_LAYER,
  DOCKER_LAYER_GZIP,
  DOCKER_LAYER_ZSTD,
  DOCKER_MANIFEST,
  essenceOf,
  isConfig,
  isIndex,
  isManifest,
  isNonDistributable,
  isTarType,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER,
  OCI_LAYER_GZIP,
  OCI_LAYER_ZSTD,
  OCI_MANIFEST,
  ociLayerType,
} from './media-types.js';
export {
  descriptorPlatform,
  formatPlatform,
  hostPlatform,
  type Platform,
  parsePlatform,
} from './platform.js';
export { platformRank } from './platform-match.js';
export {
  familiarName,
  familiarReference,
  formatReference,
  isImageId,
  isReservedName,
  parseReference,
  type Reference,
  referenceMatches,
  tryParseReference,
  withDefaultTag,
} from './reference.js';
