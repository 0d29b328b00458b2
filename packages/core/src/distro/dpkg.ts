import type { InstalledPackage } from './installed-package.js';
import { decodeRange, forEachLine } from './text-lines.js';
import { MAX_PACKAGES, tooManyPackages, UnreadableDatabase } from './unreadable.js';

/**
 * States in which the files of a version lie in their places, whether or not its scripts have run. The others are
 * those of packages that are gone, of which at most config files are left, and of those that were never unpacked to
 * the end. The first word of a status is but a wish (`install`, `hold`, `deinstall`), the second tells of damage.
 *
 * @see dpkg(1), package states
 */
const PRESENT: ReadonlySet<string> = new Set([
  'installed',
  'triggers-pending',
  'triggers-awaited',
  'half-configured',
  'unpacked',
]);

const FIELDS: ReadonlySet<string> = new Set(['package', 'version', 'architecture', 'status']);
const FIELD_LENGTHS: ReadonlySet<number> = new Set([...FIELDS].map((field) => field.length));

const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

/** Bytes of the longest name of a field that is taken for one. */
const MAX_FIELD_NAME = 256;

/**
 * Reads files of dpkg's records in the order in which they came to be: the last record of a name and architecture
 * holds. A record without a status, as in the `status.d` of images without dpkg, is one of an installed package.
 * Throws UnreadableDatabase.
 *
 * @see deb822(5), deb-control(5)
 */
export function readDpkg(files: readonly (readonly [path: string, bytes: Uint8Array])[]): InstalledPackage[] {
  const packages = new Map<string, InstalledPackage>();
  for (const [path, bytes] of files) {
    try {
      readRecords(bytes, packages);
    } catch (error) {
      if (files.length === 1 || !(error instanceof UnreadableDatabase)) throw error;
      throw new UnreadableDatabase(`in ${path}, ${error.message}`);
    }
  }
  return [...packages.values()];
}

function readRecords(bytes: Uint8Array, packages: Map<string, InstalledPackage>): void {
  const fields = new Map<string, string>();
  let start = 0;
  const endRecord = (): void => {
    if (fields.size === 0) return;
    addRecord(fields, start, packages);
    fields.clear();
  };
  let inRecord = false;
  forEachLine(bytes, (from, to) => {
    if (from === to) {
      endRecord();
      inRecord = false;
      return;
    }
    const continues = bytes[from] === SPACE || bytes[from] === TAB;
    if (continues && inRecord) return;
    if (!inRecord) start = from;
    inRecord = true;
    const limit = Math.min(to, from + MAX_FIELD_NAME);
    let colon = from;
    while (colon < limit && bytes[colon] !== COLON) colon++;
    if (colon === limit || continues) {
      throw new UnreadableDatabase(`the line at byte ${from} is no field of a record`);
    }
    if (!FIELD_LENGTHS.has(colon - from)) return;
    const field = decodeRange(bytes, from, colon).toLowerCase();
    if (FIELDS.has(field)) fields.set(field, decodeRange(bytes, colon + 1, to).trim());
  });
  endRecord();
}

function addRecord(
  fields: ReadonlyMap<string, string>,
  start: number,
  packages: Map<string, InstalledPackage>,
): void {
  const name = fields.get('package');
  const version = fields.get('version');
  const architecture = fields.get('architecture') || null;
  if (!name) throw new UnreadableDatabase(`the record at byte ${start} names no package`);
  const key = `${name}\0${architecture ?? ''}`;
  if (!isPresent(fields.get('status'))) {
    packages.delete(key);
    return;
  }
  if (!version) throw new UnreadableDatabase(`the record at byte ${start} has no version`);
  if (packages.size >= MAX_PACKAGES && !packages.has(key)) throw tooManyPackages();
  packages.set(key, { name, version, architecture });
}

function isPresent(status: string | undefined): boolean {
  return status === undefined || PRESENT.has(status.slice(status.lastIndexOf(' ') + 1));
}
