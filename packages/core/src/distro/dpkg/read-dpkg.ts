import { bytesStated, detailsOf, type InstalledPackage } from '../installed-package.js';
import { decodeRange, forEachLine } from '../text-lines.js';
import { MAX_PACKAGES, tooManyPackages, UnreadableDatabase } from '../unreadable.js';

/**
 * States of packages whose files are in place, whether or not their scripts have run. In all other states a package was
 * removed, or never unpacked completely. The state is the third word of a status; the first is the selection
 * (`install`, `hold`, `deinstall`), the second an error flag.
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

const FIELDS: ReadonlySet<string> = new Set([
  'package',
  'version',
  'architecture',
  'status',
  'source',
  'maintainer',
  'installed-size',
]);
const FIELD_LENGTHS: ReadonlySet<number> = new Set([...FIELDS].map((field) => field.length));

/** A name, and a version in parentheses where it is not that of the package. */
const SOURCE = /^(\S+)(?:[ \t]+\(([^()\s]+)\))?$/;
const KIBIBYTE = 1024;

const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

/** The longest name of a field in bytes. */
const MAX_FIELD_NAME = 256;

/**
 * Reads files of dpkg's records, oldest first: the last record of a name and architecture is used. A record without a
 * status, as in the `status.d` of images without dpkg, is an installed package. Throws UnreadableDatabase.
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
      throw new UnreadableDatabase(`the line at byte ${from} is not a field of a record`);
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
  if (!name) throw new UnreadableDatabase(`the record at byte ${start} has no package name`);
  const key = `${name}\0${architecture ?? ''}`;
  if (!isPresent(fields.get('status'))) {
    packages.delete(key);
    return;
  }
  if (!version) throw new UnreadableDatabase(`the record at byte ${start} has no version`);
  if (packages.size >= MAX_PACKAGES && !packages.has(key)) throw tooManyPackages();
  const [, source = '', sourceVersion = null] = SOURCE.exec(fields.get('source') ?? '') ?? [];
  const details = detailsOf({
    source: source === name ? null : source,
    sourceVersion,
    supplier: fields.get('maintainer') ?? null,
    statedBytes: bytesStated(fields.get('installed-size'), KIBIBYTE),
  });
  packages.set(key, { name, version, architecture, ...details });
}

function isPresent(status: string | undefined): boolean {
  return status === undefined || PRESENT.has(status.slice(status.lastIndexOf(' ') + 1));
}
