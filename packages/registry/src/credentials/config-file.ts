import { statSync } from 'node:fs';
import { systemCode, systemReason } from '@layers/core/io';
import { parseJson } from '@layers/core/oci';
import { isLayersError, LayersError } from '@layers/errors';
import { readSmallFile } from '../hosts/small-file.js';
import type { ConfigLocation } from './config-locations.js';

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** A file with credentials: docker's `config.json`, or `auth.json` of podman and skopeo. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  /** The entries of `auths`, not yet validated, by their keys. */
  readonly auths: ReadonlyMap<string, unknown>;
  /** The names of credential helpers, by the keys of registries. */
  readonly credHelpers: ReadonlyMap<string, string>;
  /** The credential helper for all other registries. */
  readonly credsStore: string | null;
}

/**
 * Reads a file with credentials. Returns null if it does not exist and is not required. Maps take the place of objects:
 * a key such as `__proto__` is one like any other.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS
 */
export function readConfigFile(location: ConfigLocation): ConfigFile | null {
  const { path, isLegacy } = location;
  const bytes = readBytes(location);
  if (bytes === null) return null;
  const text = new TextDecoder().decode(bytes);
  // Docker and podman accept an empty file.
  const document = text.trim() === '' ? new Map() : objectOf(parse(bytes, path), path, 'the document');
  const objectAt = (name: string) => objectOf(document.get(name), path, name);
  return {
    path,
    text,
    auths: isLegacy ? document : objectAt('auths'),
    credHelpers: isLegacy ? new Map() : helpersOf(objectAt('credHelpers'), path),
    credsStore: isLegacy ? null : helperName(document.get('credsStore'), path, 'credsStore'),
  };
}

/** Returns ERR_LAYERS_CREDENTIALS for a file. */
export function configError(path: string, problem: string, hint?: string): LayersError {
  return new LayersError('ERR_LAYERS_CREDENTIALS', `the credentials in ${path} cannot be used: ${problem}`, {
    archive: path,
    hint: hint ?? 'correct the file, or name another one in REGISTRY_AUTH_FILE',
  });
}

/** Returns the members of a JSON object; none for null and undefined, as Go has it. */
export function objectOf(value: unknown, path: string, name: string): ReadonlyMap<string, unknown> {
  if (value === undefined || value === null) return new Map();
  if (typeof value !== 'object' || Array.isArray(value)) throw configError(path, `${name} is not an object`);
  return new Map(Object.entries(value));
}

function readBytes({ path, isNamed, isRequired }: ConfigLocation): Buffer | null {
  try {
    const bytes = readSmallFile(path, MAX_CONFIG_BYTES);
    if (bytes === null) throw configError(path, `it has more than ${MAX_CONFIG_BYTES} bytes`);
    return bytes;
  } catch (cause) {
    if (isLayersError(cause)) throw cause;
    const code = systemCode(cause);
    if (!isRequired && (code === 'ENOENT' || code === 'ENOTDIR')) return null;
    if (!isNamed && code === 'EACCES' && isHidden(path)) return null;
    throw new LayersError('ERR_LAYERS_CREDENTIALS', `cannot read ${path}: ${systemReason(cause)}`, {
      archive: path,
      cause,
      hint:
        code === 'ENOENT'
          ? 'check the path'
          : 'check the permissions of the file, or name another one in REGISTRY_AUTH_FILE',
    });
  }
}

/** Whether the file is in a directory of another user, such as root's below /run/containers: it is not ours. */
function isHidden(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch {
    return true;
  }
}

function parse(bytes: Uint8Array, path: string): unknown {
  try {
    return parseJson(bytes, path);
  } catch (error) {
    if (!isLayersError(error)) throw error;
    throw new LayersError('ERR_LAYERS_CREDENTIALS', error.message, {
      archive: path,
      offset: error.offset,
      hint: 'correct the file, or name another one in REGISTRY_AUTH_FILE',
    });
  }
}

function helpersOf(entries: ReadonlyMap<string, unknown>, path: string): ReadonlyMap<string, string> {
  const helpers = new Map<string, string>();
  for (const [key, value] of entries) {
    const name = helperName(value, path, 'credHelpers');
    if (name !== null) helpers.set(key, name);
  }
  return helpers;
}

/** Docker and podman ignore an empty name. A name with a slash would be a path, and run any program. */
function helperName(value: unknown, path: string, field: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && /^[\w.-]{1,200}$/.test(value)) return value;
  throw configError(path, `${field} has an invalid name of a credential helper`);
}
