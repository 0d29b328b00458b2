export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const OCI_EMPTY = 'application/vnd.oci.empty.v1+json';
export const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';
export const OCI_LAYER_GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const OCI_LAYER_ZSTD = 'application/vnd.oci.image.layer.v1.tar+zstd';
export const OCI_FOREIGN_LAYER = 'application/vnd.oci.image.layer.nondistributable.v1.tar';
export const OCI_FOREIGN_LAYER_GZIP = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip';
export const OCI_FOREIGN_LAYER_ZSTD = 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd';

export const DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';
export const DOCKER_LAYER = 'application/vnd.docker.image.rootfs.diff.tar';
export const DOCKER_LAYER_GZIP = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
export const DOCKER_LAYER_ZSTD = 'application/vnd.docker.image.rootfs.diff.tar.zstd';
export const DOCKER_FOREIGN_LAYER = 'application/vnd.docker.image.rootfs.foreign.diff.tar';
export const DOCKER_FOREIGN_LAYER_GZIP = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';

export const IN_TOTO = 'application/vnd.in-toto+json';

/** The compression that a media type declares. The bytes of the layer may differ. */
export type DeclaredCompression = 'none' | 'gzip' | 'zstd';

interface LayerType {
  readonly compression: DeclaredCompression;
  readonly distributable: boolean;
}

const LAYER_TYPES: ReadonlyMap<string, LayerType> = new Map([
  [OCI_LAYER, { compression: 'none', distributable: true }],
  [OCI_LAYER_GZIP, { compression: 'gzip', distributable: true }],
  [OCI_LAYER_ZSTD, { compression: 'zstd', distributable: true }],
  [OCI_FOREIGN_LAYER, { compression: 'none', distributable: false }],
  [OCI_FOREIGN_LAYER_GZIP, { compression: 'gzip', distributable: false }],
  [OCI_FOREIGN_LAYER_ZSTD, { compression: 'zstd', distributable: false }],
  [DOCKER_LAYER, { compression: 'none', distributable: true }],
  [DOCKER_LAYER_GZIP, { compression: 'gzip', distributable: true }],
  [DOCKER_LAYER_ZSTD, { compression: 'zstd', distributable: true }],
  [DOCKER_FOREIGN_LAYER, { compression: 'none', distributable: false }],
  [DOCKER_FOREIGN_LAYER_GZIP, { compression: 'gzip', distributable: false }],
]);

/** Returns the media type without parameters, in lower case: `Text/HTML; charset=x` gives `text/html` (RFC 9110, 8.3.1). */
export function essenceOf(mediaType: string): string {
  const semicolon = mediaType.indexOf(';');
  return (semicolon < 0 ? mediaType : mediaType.slice(0, semicolon)).trim().toLowerCase();
}

/** Returns whether the type is an OCI index or a docker manifest list. */
export function isIndex(mediaType: string): boolean {
  const essence = essenceOf(mediaType);
  return essence === OCI_INDEX || essence === DOCKER_INDEX;
}

/** Returns whether the type is an OCI image manifest or a docker schema 2 manifest. */
export function isManifest(mediaType: string): boolean {
  const essence = essenceOf(mediaType);
  return essence === OCI_MANIFEST || essence === DOCKER_MANIFEST;
}

/** Returns whether the type is an image config of OCI or docker. */
export function isConfig(mediaType: string): boolean {
  const essence = essenceOf(mediaType);
  return essence === OCI_CONFIG || essence === DOCKER_CONFIG;
}

/** Returns whether the type is a layer of OCI or docker, with any compression. */
export function isLayer(mediaType: string): boolean {
  return LAYER_TYPES.has(essenceOf(mediaType));
}

/** Returns whether the type is a non-distributable layer, whose blob archives may lack. */
export function isNonDistributable(mediaType: string): boolean {
  return LAYER_TYPES.get(essenceOf(mediaType))?.distributable === false;
}

/** Returns whether the type is an in-toto statement, which BuildKit attaches for provenance and SBOMs. */
export function isInToto(mediaType: string): boolean {
  return essenceOf(mediaType) === IN_TOTO;
}

/** Returns the compression that a layer's media type declares; undefined for an unknown type. */
export function compressionOfMediaType(mediaType: string): DeclaredCompression | undefined {
  return LAYER_TYPES.get(essenceOf(mediaType))?.compression;
}

const OCI_LAYERS: Readonly<Record<DeclaredCompression, readonly [ordinary: string, foreign: string]>> = {
  none: [OCI_LAYER, OCI_FOREIGN_LAYER],
  gzip: [OCI_LAYER_GZIP, OCI_FOREIGN_LAYER_GZIP],
  zstd: [OCI_LAYER_ZSTD, OCI_FOREIGN_LAYER_ZSTD],
};

/** Returns the OCI media type of a layer with this compression. It is non-distributable if `declared` is. */
export function ociLayerType(compression: DeclaredCompression, declared = ''): string {
  const [ordinary, foreign] = OCI_LAYERS[compression];
  return isNonDistributable(declared) ? foreign : ordinary;
}

/** Types that say nothing about the content. Registries and builders use them for layers too. */
const GENERIC_TYPES: ReadonlySet<string> = new Set([
  '',
  'application/octet-stream',
  'binary/octet-stream',
  'application/gzip',
  'application/x-gzip',
  'application/zstd',
  'application/x-compressed',
]);

/**
 * Returns whether a layer of this media type can be a tar. An encrypted layer is not a tar, and neither are layers of
 * other file systems and the documents in artifacts.
 */
export function isTarType(mediaType: string): boolean {
  const essence = essenceOf(mediaType);
  if (GENERIC_TYPES.has(essence)) return true;
  return /[./+-](?:x-)?(?:g?tar|tgz)(?:[./+-]|$)/.test(essence) && !/[+.]encrypted$/.test(essence);
}

/** Layers that are not tars, by a part of their media types. */
const OTHER_LAYERS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/[+.]encrypted$/, 'encrypted'],
  [/nydus/, 'a blob of Nydus'],
  [/erofs/, 'an erofs file system'],
  [/squashfs/, 'a squashfs file system'],
  [/\.sif(?:\.|$)/, 'a Singularity image'],
  [/wasm/, 'a WebAssembly module'],
  [/gguf|safetensors|\.ai\./, 'a machine learning model'],
];

/** Returns what a layer is whose media type is not that of a tar; null for an unknown type. */
export function otherLayerKind(mediaType: string): string | null {
  const essence = essenceOf(mediaType);
  return OTHER_LAYERS.find(([pattern]) => pattern.test(essence))?.[1] ?? null;
}
