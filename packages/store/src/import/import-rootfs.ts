import type { Compression } from '@layers/core/compression';
import { hostPlatform, type Platform } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import { timeFromEpoch } from '@layers/rewrite/config';
import { parseInstructions } from '@layers/rewrite/dockerfile';
import type { GeneratedLayer, LayerCompression, NewImage } from '@layers/rewrite/image';
import { checkedRootfs, type RootfsFacts } from './check-rootfs.js';
import { importConfig } from './import-config.js';
import { openRootfs, type RootfsInput } from './rootfs-input.js';

export interface ImportOptions {
  /** Dockerfile instructions, such as `CMD ["sh"]` and `ENV A=b`, as `docker import --change` accepts them. */
  readonly changes?: readonly string[] | undefined;
  /** The comment in the history. Default: `Imported from -`, as Docker writes for every file and pipe. */
  readonly message?: string | undefined;
  /** Default: the platform of this machine. */
  readonly platform?: Platform | undefined;
  /**
   * The creation time of the image, in RFC 3339. Default: the latest time of an entry of the tar, so that the same input
   * always gives the same image.
   */
  readonly created?: string | undefined;
  /** Names as docker prints them: `alpine:3.20`. */
  readonly tags?: readonly string[] | undefined;
  /** The compression of the layer. Default: none, as Docker stores it. */
  readonly compression?: LayerCompression | undefined;
}

/** The result of an import. */
export interface ImportReport extends RootfsFacts {
  /** The compression of the input. */
  readonly compression: Compression | null;
  /** The creation time of the image, in RFC 3339. */
  readonly created: string;
}

/** An image whose layer is read from the input while the image is written. */
export interface ImportedRootfs {
  /** Can be written once if the input is a pipe, by `writeImages` or `loadImages`. */
  readonly image: NewImage;
  /** Returns the report once the image is written. Throws ERR_LAYERS_INTERNAL before. */
  report(): ImportReport;
}

/**
 * Makes an image of one layer from a tar of a root file system, uncompressed or compressed with gzip, zstd, xz or bzip2, as
 * `docker import` does. The layer is the tar byte for byte, and has the same DiffID as Docker's. The tar is checked while it
 * is written: an image archive is an error, and entries that Docker refuses or treats differently are findings.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE, ERR_LAYERS_READ, ERR_LAYERS_NOT_A_ROOTFS. While the layer is written:
 *   ERR_LAYERS_TAR_*, the errors of compressions, ERR_LAYERS_LIMIT, ERR_LAYERS_NOT_A_ROOTFS, ERR_LAYERS_INPUT_CHANGED,
 *   and ERR_LAYERS_NEEDS_FILE if a pipe is read twice
 */
export async function importRootfs(input: RootfsInput, options: ImportOptions = {}): Promise<ImportedRootfs> {
  const { changes = [], message = '', platform = hostPlatform(), tags = [] } = options;
  const { compression = { kind: 'none', level: null } } = options;
  const run = parseInstructions(changes, platform.os);
  const opened = await openRootfs(input);
  const checked: { facts: RootfsFacts | null } = { facts: null };
  const layer: GeneratedLayer = {
    kind: 'generated',
    tarBytes: opened.tarBytes,
    compression,
    tar: () =>
      checkedRootfs(opened, (facts) => {
        checked.facts = facts;
      }),
  };
  // Before the tar is read this is another time of the same length.
  const created = (): string => options.created ?? timeFromEpoch(checked.facts?.newestSeconds ?? 0);
  return {
    image: {
      layers: [layer],
      config: (diffIds) =>
        importConfig(
          { platform, run, message: message === '' ? 'Imported from -' : message, created: created() },
          diffIds,
        ),
      manifest: null,
      tags,
      platform,
      annotations: new Map(),
    },
    report() {
      const { facts } = checked;
      if (facts === null) {
        throw new LayersError(
          'ERR_LAYERS_INTERNAL',
          'the report does not exist before the image is written',
          {
            hint: 'write the image first',
          },
        );
      }
      return { ...facts, compression: opened.compression, created: created() };
    },
  };
}
