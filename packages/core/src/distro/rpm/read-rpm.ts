import type { InstalledPackage } from '../installed-package.js';
import { MAX_PACKAGES, tooManyPackages } from '../unreadable.js';
import { forEachBdbHeader } from './rpm-bdb.js';
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
  let headers = 0;
  const add = (header: Uint8Array): void => {
    if (++headers > MAX_PACKAGES) throw tooManyPackages();
    const installed = packageOfHeader(header);
    if (installed !== null) packages.push(installed);
  };
  if (form === 'rpmdb.sqlite') forEachSqliteHeader(file, log, add);
  else if (form === 'Packages.db') forEachNdbHeader(file, add);
  else forEachBdbHeader(file, add);
  return packages;
}
