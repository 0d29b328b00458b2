import { bytesStated, detailsOf, type InstalledPackage } from '../installed-package.js';
import { decodeRange, forEachLine } from '../text-lines.js';
import { MAX_PACKAGES, tooManyPackages, UnreadableDatabase } from '../unreadable.js';

const COLON = 0x3a;
const ARCHITECTURE = 0x41;
const INSTALLED_SIZE = 0x49;
const LICENCE = 0x4c;
const NAME = 0x50;
const VERSION = 0x56;
const MAINTAINER = 0x6d;
const ORIGIN = 0x6f;

const FIELDS: ReadonlySet<number> = new Set([
  ARCHITECTURE,
  INSTALLED_SIZE,
  LICENCE,
  NAME,
  VERSION,
  MAINTAINER,
  ORIGIN,
]);

/**
 * Reads apk's file `installed`: records of lines that start with a letter and a colon, separated by empty lines.
 * Includes the packages that `apk add --virtual` creates. Throws UnreadableDatabase.
 */
export function readApk(bytes: Uint8Array): InstalledPackage[] {
  const packages: InstalledPackage[] = [];
  let values = new Map<number, string>();
  let start: number | null = null;
  const endRecord = (): void => {
    if (start === null) return;
    const [name, version] = [values.get(NAME), values.get(VERSION)];
    if (!name || !version)
      throw new UnreadableDatabase(`the record at byte ${start} has no package name or version`);
    if (packages.length >= MAX_PACKAGES) throw tooManyPackages();
    const origin = values.get(ORIGIN);
    const details = detailsOf({
      source: origin === undefined || origin === name ? null : origin,
      licence: values.get(LICENCE) ?? null,
      supplier: values.get(MAINTAINER) ?? null,
      statedBytes: bytesStated(values.get(INSTALLED_SIZE), 1),
    });
    packages.push({ name, version, architecture: values.get(ARCHITECTURE) || null, ...details });
    values = new Map();
    start = null;
  };
  forEachLine(bytes, (from, to) => {
    if (from === to) {
      endRecord();
      return;
    }
    start ??= from;
    if (bytes[from + 1] !== COLON)
      throw new UnreadableDatabase(`the line at byte ${from} is not a field of a record`);
    const field = bytes[from];
    if (field !== undefined && FIELDS.has(field)) {
      values.set(field, decodeRange(bytes, from + 2, to).trim());
    }
  });
  endRecord();
  return packages;
}
