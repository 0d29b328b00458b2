import { LayersError } from '@layers/errors';
import type { Digest } from '../digest/digest.js';
import type { SourceInfo } from '../image/archive/source-info.js';
import type { ImageDescription } from '../image/describe/description.js';
import type { Archive } from '../image/open-archive.js';
import { upToLayer } from '../image/up-to-layer.js';
import { chainIds } from '../oci/chain-id.js';
import { CONFIG_FIELDS, MANIFEST_FIELDS, withFieldNames } from '../oci/field-names.js';
import { parseJson } from '../oci/json.js';
import { parseManifest } from '../oci/manifest.js';
import type { Platform } from '../oci/platform.js';
import { type ConfigFile, configFileOf, configFileOfV1 } from './config-file.js';
import { type ImageManifest, imageManifestOf } from './image-manifest.js';
import { ArchiveLayer, type Layer } from './layer.js';
import { createReading, type Reading } from './reading.js';

/**
 * An image of an archive or layout. Opening an image reads only documents; functions that need the layers read them.
 * No file stays open.
 */
export interface Image {
  /** The computed digest of the config; null for images in format v1, which have no config. */
  readonly id: Digest | null;
  /** The computed digest of the manifest; null for docker-archives without OCI documents. */
  readonly digest: Digest | null;
  /** Tags in Docker's short form, such as `alpine:3.20`. */
  readonly tags: readonly string[];
  /** The platform in the config or the index; null where neither has one. */
  readonly platform: Platform | null;
  /** The layers, base first. */
  readonly layers: readonly Layer[];
  /** The archive or layout that contains the image. */
  readonly source: SourceInfo;
  /** The config (OCI image-spec config.md). For images in format v1, built from the documents of their layers. */
  readonly config: ConfigFile;
  /** The exact bytes of the config; null for images in format v1. */
  readonly rawConfig: Uint8Array | null;
  /** The manifest (OCI image-spec manifest.md); null for docker-archives without OCI documents. */
  readonly manifest: ImageManifest | null;
  /** The exact bytes of the manifest; null for docker-archives without OCI documents. */
  readonly rawManifest: Uint8Array | null;
  /**
   * Returns the image with only the layers up to a position. Id, digest, tags and execution parameters stay those of
   * the whole image.
   *
   * @param layer position of the last layer, from 0; -1 for no layer
   * @throws LayersError ERR_LAYERS_LAYER_NOT_FOUND
   */
  upTo(layer: number): Image;
}

/** An image of an archive or layout. Its layers are read on demand. */
export class ArchiveImage implements Image {
  readonly id: Digest | null;
  readonly digest: Digest | null;
  readonly tags: readonly string[];
  readonly platform: Platform | null;
  readonly layers: readonly Layer[];
  readonly source: SourceInfo;
  readonly #description: ImageDescription;
  readonly #reading: Reading;
  #config: ConfigFile | undefined;
  #manifest: ImageManifest | undefined;

  constructor(reading: Reading) {
    const { archive, description } = reading;
    this.id = description.id;
    this.digest = description.manifestDigest;
    this.tags = description.tags;
    this.platform = description.platform;
    this.source = archive.source;
    this.layers = layersOf(archive, description);
    this.#description = description;
    this.#reading = reading;
  }

  get config(): ConfigFile {
    const { configBytes, configName, config, platform } = this.#description;
    this.#config ??=
      configBytes === null
        ? configFileOfV1(config, platform)
        : configFileOf(withFieldNames(parseJson(configBytes, configName ?? 'config'), CONFIG_FIELDS), config);
    return this.#config;
  }

  get rawConfig(): Uint8Array | null {
    return this.#description.configBytes;
  }

  get manifest(): ImageManifest | null {
    const bytes = this.rawManifest;
    if (bytes === null) return null;
    const name = this.#description.manifestName ?? 'manifest';
    if (this.#manifest === undefined) {
      const json = withFieldNames(parseJson(bytes, name), MANIFEST_FIELDS);
      this.#manifest = imageManifestOf(json, parseManifest(json, name));
    }
    return this.#manifest;
  }

  get rawManifest(): Uint8Array | null {
    const { documents, manifestName } = this.#description;
    const manifest = documents.find(({ name, kind }) => kind === 'digest' && name === manifestName);
    return manifest?.bytes ?? null;
  }

  upTo(layer: number): Image {
    return new ArchiveImage(
      createReading({ ...this.#reading, description: upToLayer(this.#description, layer) }),
    );
  }

  /**
   * Returns the internal state of an image.
   *
   * @throws LayersError ERR_LAYERS_USAGE for an object that `openImage` did not return
   */
  static readingOf(image: Image): Reading {
    if (!(image instanceof ArchiveImage)) throw foreignImage();
    return image.#reading;
  }
}

export const { readingOf } = ArchiveImage;

/** Returns an image of an open archive or layout on disk. */
export function imageOf(archive: Archive, description: ImageDescription): Image {
  const position = archive.images.indexOf(description);
  return new ArchiveImage(createReading({ archive, description, position, input: null, verify: false }));
}

function foreignImage(): LayersError {
  return new LayersError('ERR_LAYERS_USAGE', 'the image was not returned by openImage', {
    hint: 'several versions of @layers/core may be installed: npm ls @layers/core',
  });
}

function layersOf(archive: Archive, { layers }: ImageDescription): Layer[] {
  const known: Digest[] = [];
  for (const { diffId } of layers) {
    if (diffId === null) break;
    known.push(diffId);
  }
  const chain = chainIds(known);
  return layers.map(
    (layer, index) => new ArchiveLayer(archive, layer, { index, chainId: chain[index] ?? null }),
  );
}
