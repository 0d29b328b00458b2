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
  /** Instructions as `parseInstructions` takes them: `CMD ["sh"]`, `ENV A=b`. */
  readonly changes?: readonly string[] | undefined;
  /** What the history says; default `Imported from -`, as Docker says of every file and pipe. */
  readonly message?: string | undefined;
  /** Default this machine's. */
  readonly platform?: Platform | undefined;
  /**
   * The time of the image, in RFC 3339: see `timeFromEpoch` for SOURCE_DATE_EPOCH. Default the latest time of an entry
   * of the tar, so that the same input gives the same image at any time.
   */
  readonly created?: string | undefined;
  /** As docker shows them: `alpine:3.20`. */
  readonly tags?: readonly string[] | undefined;
  /** How the layer is packed; default not at all, as Docker keeps it. */
  readonly compression?: LayerCompression | undefined;
}

/** What was imported. */
export interface ImportReport extends RootfsFacts {
  /** How the input was packed. */
  readonly compression: Compression | null;
  /** The time that the image has, in RFC 3339. */
  readonly created: string;
}

export interface ImportedRootfs {
  /** Its layer's tar can be had once where the input is a pipe, which is enough for `writeImages` and `loadImages`. */
  readonly image: NewImage;
  /** What passed, once the image was written. Throws ERR_LAYERS_INTERNAL before. */
  report(): ImportReport;
}

/**
 * Makes an image of one layer out of a root file system's tar, raw or packed with gzip, zstd, xz or bzip2. The layer is
 * the tar exactly as it is, so that its DiffID is the one that Docker gives it. It is looked at while it is written: an
 * image archive is refused, and the report has findings for what Docker would refuse or take otherwise.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE, ERR_LAYERS_READ, ERR_LAYERS_NOT_A_ROOTFS. While the layer is written:
 *   ERR_LAYERS_TAR_*, the errors of compressions, ERR_LAYERS_LIMIT, ERR_LAYERS_NOT_A_ROOTFS, ERR_LAYERS_INPUT_CHANGED,
 *   and ERR_LAYERS_NEEDS_FILE where a pipe is wanted twice
 */
export async function importRootfs(input: RootfsInput, options: ImportOptions = {}): Promise<ImportedRootfs> {
  const { changes = [], message = '', platform = hostPlatform(), tags = [] } = options;
  const { compression = { kind: 'none', level: null } } = options;
  const run = parseInstructions(changes, platform.os);
  const opened = await openRootfs(input);
  const passed: { facts: RootfsFacts | null } = { facts: null };
  const layer: GeneratedLayer = {
    kind: 'generated',
    tarBytes: opened.tarBytes,
    compression,
    tar: () =>
      checkedRootfs(opened, (facts) => {
        passed.facts = facts;
      }),
  };
  // Until the tar has passed it is a time of the same length.
  const created = (): string => options.created ?? timeFromEpoch(passed.facts?.newest ?? 0);
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
      const { facts } = passed;
      if (facts === null) {
        throw new LayersError('ERR_LAYERS_INTERNAL', 'a report is wanted of what was not imported yet', {
          hint: 'write the image first',
        });
      }
      return { ...facts, compression: opened.compression, created: created() };
    },
  };
}
