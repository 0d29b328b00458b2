import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileState, systemCode } from '@layers/core/io';

/** An archive or layout to scan. */
export interface FleetSource {
  /** As the tables name it. */
  readonly name: string;
  readonly path: string;
  /** Whether it was found in a folder: it need not be an image. */
  readonly isFound?: boolean | undefined;
  /** For images that are not on this machine: `path` does not count. */
  readonly remote?: RemoteSource | undefined;
}

/** Images that are not on this machine. */
export interface RemoteSource {
  /** Returns what has changed where the images are others, such as the digest of a tag. */
  identity(): Promise<string>;
  /** Copies the images to this machine, for as long as they are read. */
  fetch(): Promise<LocalCopy>;
}

/** An archive or layout that a scan reads and removes. */
export interface LocalCopy {
  readonly path: string;
  remove(): void;
}

/**
 * Returns the state of a source: where it is another one, the source may have other images. Null where that is not known, as
 * just after it was written.
 */
export function identityOf({ path }: FleetSource): string | null {
  // All images of a layout are in its index, and blobs never change.
  return orNull(() => fileState(path)) ?? orNull(() => fileState(join(path, 'index.json')));
}

/** Returns the bytes of an archive, or of the blobs of a layout; 0 for what is elsewhere or cannot be read. */
export function sizeOf({ path, remote }: FleetSource): number {
  if (remote !== undefined) return 0;
  const stat = orNull(() => statSync(path));
  if (stat?.isFile() === true) return stat.size;
  const blobs = join(path, 'blobs', 'sha256');
  const names = orNull(() => readdirSync(blobs)) ?? [];
  return names.reduce((sum, name) => sum + (orNull(() => statSync(join(blobs, name)).size) ?? 0), 0);
}

/** Returns null where the system refuses: the error is reported where the source is opened. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}
