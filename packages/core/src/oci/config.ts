import { isUtf8 } from '@layers/tar/internal';
import * as v from 'valibot';
import type { Digest } from '../digest/digest.js';
import { CONFIG_FIELDS, withFieldNames } from './field-names.js';
import type { HistoryEntry } from './history.js';
import type { Platform } from './platform.js';
import { digest, flag, isJsonObject, jsonObject, list, text, validate } from './validate.js';

/** The fields of an image config that are used (OCI config.md). Null in the document is undefined. */
export interface ImageConfig {
  /** As in the document: RFC 3339, but not validated. */
  readonly created: string | undefined;
  readonly author: string | undefined;
  readonly os: string | undefined;
  readonly architecture: string | undefined;
  readonly variant: string | undefined;
  readonly osVersion: string | undefined;
  /** The execution parameters as in the document; not validated. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  /** From the base up. */
  readonly diffIds: readonly Digest[];
  /** From the base up; empty where the document has none. */
  readonly history: readonly HistoryEntry[];
}

/** Null is a step without fields, as for Go. */
const historySchema = v.pipe(
  v.nullish(
    jsonObject({
      created: v.nullish(text),
      created_by: v.nullish(text),
      author: v.nullish(text),
      comment: v.nullish(text),
      empty_layer: v.nullish(flag),
    }),
  ),
  v.transform(
    (raw): HistoryEntry => ({
      created: raw?.created ?? undefined,
      createdBy: raw?.created_by ?? undefined,
      author: raw?.author ?? undefined,
      comment: raw?.comment ?? undefined,
      emptyLayer: raw?.empty_layer ?? false,
    }),
  ),
);

const schema = jsonObject({
  created: v.nullish(text),
  author: v.nullish(text),
  os: v.nullish(text),
  architecture: v.nullish(text),
  variant: v.nullish(text),
  'os.version': v.nullish(text),
  'os.features': list(text),
  config: v.nullish(v.custom<Record<string, unknown>>(isJsonObject, 'an object')),
  rootfs: jsonObject({
    type: v.nullish(text),
    diff_ids: list(digest),
  }),
  history: list(historySchema),
});

/**
 * Parses an image config.
 *
 * @param file the file of the archive, or the blob, named in errors
 * @throws LayersError ERR_LAYERS_CONFIG with the JSON path
 */
export function parseConfig(json: unknown, file: string): ImageConfig {
  const raw = validate(schema, withFieldNames(json, CONFIG_FIELDS), { code: 'ERR_LAYERS_CONFIG', file });
  return {
    created: raw.created ?? undefined,
    author: raw.author ?? undefined,
    os: raw.os ?? undefined,
    architecture: raw.architecture ?? undefined,
    variant: raw.variant ?? undefined,
    osVersion: raw['os.version'] ?? undefined,
    config: raw.config ?? undefined,
    diffIds: raw.rootfs.diff_ids ?? [],
    history: raw.history ?? [],
  };
}

/** Returns what is unusual about a config that `parseConfig` accepts, and that Docker loads; a phrase for each. */
export function configOddities(document: unknown, bytes: Uint8Array): string[] {
  const json = withFieldNames(document, CONFIG_FIELDS);
  const { rootfs, history } = isJsonObject(json) ? json : {};
  const type = isJsonObject(rootfs) ? rootfs['type'] : undefined;
  const oddities: string[] = [];
  if (!isUtf8(bytes)) oddities.push('bytes that are not UTF-8');
  if (type !== 'layers') oddities.push('a rootfs without the type "layers"');
  if (Array.isArray(history) && history.includes(null)) oddities.push('null as a step of the history');
  return oddities;
}

/**
 * Returns the platform of an image; undefined where nothing declares an architecture. The descriptor decides, as for
 * containerd, and the config fills its gaps: builders copy configs between platforms without changing them. The
 * default operating system is linux, as for docker with old configs.
 *
 * @param declared the platform in the descriptor of the manifest
 */
export function platformOfImage(config: ImageConfig, declared?: Platform): Platform | undefined {
  const architecture = declared?.architecture || config.architecture;
  if (!architecture) return declared?.os ? declared : undefined;
  const os = declared?.os || config.os || 'linux';
  // A variant belongs to its architecture, a version to its operating system.
  const variant = declared?.variant || (isSame(config.architecture, architecture) ? config.variant : '');
  const osVersion = declared?.osVersion || (isSame(config.os, os) ? config.osVersion : '');
  return {
    os,
    architecture,
    ...(variant ? { variant } : {}),
    ...(osVersion ? { osVersion } : {}),
  };
}

function isSame(inConfig: string | undefined, chosen: string): boolean {
  return !inConfig || inConfig.toLowerCase() === chosen.toLowerCase();
}
