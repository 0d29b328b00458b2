import { LayersError } from '@layers/errors';
import type { Digest } from '../digest/digest.js';
import type { SourceInfo } from '../image/archive/source-info.js';
import type { ImageDescription } from '../image/describe/description.js';
import type { Archive } from '../image/open-archive.js';
import { upToLayer } from '../image/up-to-layer.js';
import { chainIds } from '../oci/chain-id.js';
import { parseJson } from '../oci/json.js';
import { parseManifest } from '../oci/manifest.js';
import type { Platform } from '../oci/platform.js';
import { type ConfigFile, configFileOf, configFileOfV1 } from './config-file.js';
import { type ImageManifest, imageManifestOf } from './image-manifest.js';
import { ArchiveLayer, type Layer } from './layer.js';
import { createReading, type Reading } from './reading.js';

/**
 * An image of an archive or layout. Opening one reads documents only; layers are read when a function needs them.
 * No file is held open.
 */
export interface Image {
  /** Digest of the exact bytes of the config, computed; null for images from before image configs. */
  readonly id: Digest | null;
  /** Digest of the exact bytes of the manifest, computed; null for docker-archives without OCI documents. */
  readonly digest: Digest | null;
  /** Tags in Docker's short form, such as `alpine:3.20`. */
  readonly tags: readonly string[];
  /** Platform of the config or of the index; null where neither names one. */
  readonly platform: Platform | null;
  /** From the base up. */
  readonly layers: readonly Layer[];
  /** The archive or layout that has the image. */
  readonly source: SourceInfo;
  /** The config (OCI config.md). For images from before image configs, it is put together from their documents. */
  readonly config: ConfigFile;
  /** The exact bytes of the config; null for images from before image configs. */
  readonly rawConfig: Uint8Array | null;
  /** The manifest (OCI manifest.md); null for docker-archives without OCI documents. */
  readonly manifest: ImageManifest | null;
  /** The exact bytes of the manifest; null for docker-archives without OCI documents. */
  readonly rawManifest: Uint8Array | null;
  /**
   * Returns the image as it was when a layer had been added: that layer and those below it. Id, digest, tags and
   * execution parameters stay those of the whole image.
   *
   * @param layer position of the last layer to keep; -1 for none
   * @throws LayersError ERR_LAYERS_LAYER_NOT_FOUND
   */
  upTo(layer: number): Image;
}

/** An image of an archive or layout, whose layers are read when they are needed. */
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
        : configFileOf(parseJson(configBytes, configName ?? 'config'), config);
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
      const json = parseJson(bytes, name);
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

  /** Returns what the functions of these packages need of an image. Throws ERR_LAYERS_USAGE for a foreign object. */
  static readingOf(image: Image): Reading {
    if (!(image instanceof ArchiveImage)) throw foreignImage();
    return image.#reading;
  }
}

export const { readingOf } = ArchiveImage;

/** An image of an archive or layout on disk that has been opened. */
export function imageOf(archive: Archive, description: ImageDescription): Image {
  const position = archive.images.indexOf(description);
  return new ArchiveImage(createReading({ archive, description, position, input: null, verify: false }));
}

function foreignImage(): LayersError {
  return new LayersError('ERR_LAYERS_USAGE', 'the image is not one that openImage returned', {
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
