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
import { makeFolders, readError, reading, systemCode, writeError, writing } from '@layers/core/io';
import { MAX_JSON_BYTES, OCI_INDEX, parseJson } from '@layers/core/oci';
import { jsonBytes } from '@layers/rewrite/archive';
import { isJsonObject } from '../json-value.js';
import { makeFolder } from './folders.js';
import { readRegularFile } from './regular-file.js';
import type { Store } from './store.js';
import { storeError } from './store-error.js';

const MARKER = 'oci-layout';
const VERSION = '1.0.0';

/** What a folder may hold that is going to be a store: what another process has begun with. */
const STORE_FILES: ReadonlySet<string> = new Set([MARKER, 'index.json', 'blobs', '.layers']);

/**
 * Opens the store in a folder. With `create` it is made where it is absent; otherwise an absent or empty folder is
 * taken for a store without images. Any OCI layout is a store.
 *
 * Throws ERR_LAYERS_STORE for a folder of other things, ERR_LAYERS_READ, and ERR_LAYERS_WRITE_OUTPUT.
 */
export function openStore(path: string, options: { readonly create?: boolean } = {}): Store {
  const { create = false } = options;
  const absolute = resolve(path);
  // What is there and is no folder is told of below.
  if (create && !existsSync(absolute)) writing(absolute, () => makeFolders(absolute));
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
      `is no store: it holds ${JSON.stringify(foreign)} and no ${MARKER}`,
      'name an empty folder, or an OCI layout',
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
      throw storeError(path, 'is no folder', 'name a folder for the store', cause);
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
      `states the layout version ${JSON.stringify(version) ?? 'nothing'}`,
      `only ${VERSION} is known`,
    );
  }
}

/** The marker comes last, so that the folder is a whole layout or none. */
function makeLayout(root: string): void {
  makeFolder(root, 'blobs', 'sha256');
  createFile(join(root, 'index.json'), jsonBytes({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }));
  createFile(join(root, MARKER), jsonBytes({ imageLayoutVersion: VERSION }));
}

const TEMPORARY = /^\.layers-[0-9a-f]{12}$/;

/** Makes a file whole or not at all, or leaves the one that another process has made. */
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
    // A file system without hard links.
    writing(path, () => writeFileSync(path, bytes, { flag: 'wx' }));
  }
}
