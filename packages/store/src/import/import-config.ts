import type { Digest } from '@layers/core/digest';
import type { Platform } from '@layers/core/oci';
import { type RunConfig, runConfigDocument } from '@layers/rewrite/dockerfile';

/** The fields of the config of an imported image. */
export interface ImportConfig {
  readonly platform: Platform;
  readonly run: RunConfig;
  readonly message: string;
  /** RFC 3339. */
  readonly created: string;
}

/** Returns the config of an image of one layer (OCI config.md), with the keys and the history that `docker import` writes. */
export function importConfig(config: ImportConfig, diffIds: readonly Digest[]): Uint8Array {
  const { platform, run, message, created } = config;
  const { os, architecture, variant, osVersion } = platform;
  return Buffer.from(
    JSON.stringify({
      architecture,
      comment: message,
      config: runConfigDocument(run),
      created,
      history: [{ created, comment: message }],
      os,
      ...(osVersion === undefined ? {} : { 'os.version': osVersion }),
      rootfs: { type: 'layers', diff_ids: diffIds },
      ...(variant === undefined ? {} : { variant }),
    }),
  );
}
