import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDirectories, readError, reading, systemCode, writeError, writing } from '@layers/core/io';
import { MAX_JSON_BYTES, OCI_INDEX, parseJson } from '@layers/core/oci';
import { jsonBytes } from '@layers/rewrite/archive';
import { isJsonObject } from '../json-value.js';
import { makeDirectory } from './directories.js';
import { readRegularFile } from './regular-file.js';
import type { Store } from './store.js';
import { storeError } from './store-error.js';
import { hasBlobs, INDEX_FILE, indexIdentity, REPAIR_HINT } from './store-index.js';

const MARKER = 'oci-layout';
const VERSION = '1.0.0';

/** The names in a directory that another process is turning into a store. */
const STORE_FILES: ReadonlySet<string> = new Set([MARKER, 'index.json', 'blobs', '.layers']);

/**
 * Opens the store in a directory. Any OCI image layout is a store (OCI image-layout.md). A missing or empty directory is a store
 * without images.
 *
 * @param options `create` creates a store in a missing or empty directory
 * @throws LayersError ERR_LAYERS_STORE for a directory with other files, or another layout version; ERR_LAYERS_READ;
 *   ERR_LAYERS_WRITE_OUTPUT
 *
 * @example
 * ```ts
 * const store = openStore(storePath(process.env), { create: true });
 * ```
 */
export function openStore(path: string, options: { readonly create?: boolean } = {}): Store {
  const { create = false } = options;
  const absolute = resolve(path);
  // A file at that path is reported below.
  if (create && !existsSync(absolute)) writing(absolute, () => makeDirectories(absolute));
  const names = namesIn(absolute);
  if (names === null) return { path: absolute };
  const root = reading(absolute, () => realpathSync(absolute));
  if (names.includes(MARKER)) {
    checkVersion(root);
    return { path: root };
  }
  const foreign = names.find((name) => !STORE_FILES.has(name) && !TEMPORARY.test(name));
  if (foreign !== undefined) {
    throw storeError(
      root,
      `is not a store: it contains ${JSON.stringify(foreign)} and no ${MARKER}`,
      'choose an empty directory, or an OCI image layout',
    );
  }
  if (create) makeLayout(root);
  return { path: root };
}

function namesIn(path: string): readonly string[] | null {
  try {
    return readdirSync(path);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return null;
    if (systemCode(cause) === 'ENOTDIR')
      throw storeError(path, 'is not a directory', 'choose a directory', cause);
    throw readError(path, cause);
  }
}

function checkVersion(root: string): void {
  const path = join(root, MARKER);
  let version: unknown;
  try {
    const json = parseJson(readRegularFile(path, MAX_JSON_BYTES), MARKER);
    version = isJsonObject(json) ? json['imageLayoutVersion'] : undefined;
  } catch (cause) {
    throw storeError(path, 'cannot be read', 'restore the file: {"imageLayoutVersion":"1.0.0"}', cause);
  }
  if (version !== VERSION) {
    throw storeError(
      path,
      `has the layout version ${JSON.stringify(version) ?? 'undefined'}`,
      `only version ${VERSION} is supported`,
    );
  }
}

/** Writes the marker last, so that the directory is a complete layout or none. */
function makeLayout(root: string): void {
  // In this order: the process that creates a store writes the index before any blob.
  if (hasBlobs(root) && indexIdentity(root) === null)
    throw storeError(join(root, INDEX_FILE), 'is missing', REPAIR_HINT);
  makeDirectory(root, 'blobs', 'sha256');
  createFile(join(root, INDEX_FILE), jsonBytes({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }));
  createFile(join(root, MARKER), jsonBytes({ imageLayoutVersion: VERSION }));
}

const TEMPORARY = /^\.layers-[0-9a-f]{12}$/;

/** Creates a file atomically, unless another process has created it. */
function createFile(path: string, bytes: Uint8Array): void {
  const temporary = join(path, '..', `.layers-${randomBytes(6).toString('hex')}`);
  try {
    writing(path, () => {
      const descriptor = openSync(temporary, 'wx', 0o644);
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    });
    publish(temporary, path, bytes);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function publish(temporary: string, path: string, bytes: Uint8Array): void {
  try {
    linkSync(temporary, path);
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return;
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw writeError(path, cause);
    // The file system has no hard links.
    writing(path, () => writeFileSync(path, bytes, { flag: 'wx' }));
  }
}
