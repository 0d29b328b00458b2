import type { InstalledPackage } from '../installed-package.js';
import { MAX_PACKAGES, tooManyPackages } from '../unreadable.js';
import { forEachBdbHeader } from './rpm-bdb.js';
import { forEachFileOfHeader, type RpmFile } from './rpm-files.js';
import { packageOfHeader } from './rpm-header.js';
import { forEachNdbHeader } from './rpm-ndb.js';
import { forEachSqliteHeader } from './rpm-sqlite.js';

/** The forms of rpm's database, the newest first. */
export const RPM_FORMS = ['rpmdb.sqlite', 'Packages.db', 'Packages'] as const;
export type RpmForm = (typeof RPM_FORMS)[number];

/**
 * Reads rpm's database of any form. `log` is the write-ahead log beside an SQLite database. Skips the keys of
 * repositories, which rpm stores as packages. Throws UnreadableDatabase.
 */
export function readRpm(form: RpmForm, file: Uint8Array, log: Uint8Array | undefined): InstalledPackage[] {
  const packages: InstalledPackage[] = [];
  forEachHeader(form, file, log, (header) => {
    const installed = packageOfHeader(header);
    if (installed !== null) packages.push(installed);
  });
  return packages;
}

/** Calls `visit` for each regular file of the packages of a database, as `readRpm` reads it. Throws UnreadableDatabase. */
export function readRpmFiles(
  form: RpmForm,
  file: Uint8Array,
  log: Uint8Array | undefined,
  visit: (file: RpmFile) => void,
): void {
  forEachHeader(form, file, log, (header) => forEachFileOfHeader(header, visit));
}

function forEachHeader(
  form: RpmForm,
  file: Uint8Array,
  log: Uint8Array | undefined,
  visit: (header: Uint8Array) => void,
): void {
  let headers = 0;
  const count = (header: Uint8Array): void => {
    if (++headers > MAX_PACKAGES) throw tooManyPackages();
    visit(header);
  };
  if (form === 'rpmdb.sqlite') forEachSqliteHeader(file, log, count);
  else if (form === 'Packages.db') forEachNdbHeader(file, count);
  else forEachBdbHeader(file, count);
}
