import type { Compression } from '@layers/core/compression';
import { hostPlatform, type Platform } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import { timeFromEpoch } from '@layers/rewrite/config';
import { parseInstructions } from '@layers/rewrite/dockerfile';
import type { GeneratedLayer, LayerCompression, NewImage } from '@layers/rewrite/image';
import { checkedRootfs, type RootfsFacts } from './check-rootfs.js';
import { importConfig } from './import-config.js';
import { openRootfs, type RootfsInput } from './rootfs-input.js';

/** The config and the layer of an imported image. */
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
  /** From a pipe or stream, it can be written only once. */
  readonly image: NewImage;
  /** Returns the report once the image is written. Throws ERR_LAYERS_INTERNAL before. */
  report(): ImportReport;
}

/**
 * Plans an image of one layer from a tar of a root file system, as `docker import` does. The tar may be compressed with gzip,
 * zstd, xz or bzip2. The layer is the tar byte for byte, and has the same DiffID as Docker's. The tar is checked while it is
 * written: an image archive is an error, and entries that Docker refuses or treats differently are findings.
 *
 * @param input a file, a pipe or a stream
 * @returns the planned image, for `loadImages` or `writeImage`, and a function that returns a report of its tar
 * @throws LayersError ERR_LAYERS_DOCKERFILE for an invalid instruction; ERR_LAYERS_READ; ERR_LAYERS_NOT_A_ROOTFS for a
 *   directory. Writing the image throws ERR_LAYERS_TAR_* and the codes of compressions for a damaged tar,
 *   ERR_LAYERS_LIMIT, ERR_LAYERS_NOT_A_ROOTFS for an image archive, ERR_LAYERS_INPUT_CHANGED, and ERR_LAYERS_NEEDS_FILE
 *   if a pipe is read twice.
 *
 * @example
 * ```ts
 * const { image } = await importRootfs({ path: 'rootfs.tar.gz' }, { changes: ['CMD ["sh"]'], tags: ['base:1'] });
 * await loadImages(store, [image]);
 * ```
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
  // Before the tar is read, this is a placeholder of the same length.
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
