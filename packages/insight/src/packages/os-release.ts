import type { Distribution } from './document.js';

/** The files of the distribution's name, in the order in which they count (os-release(5)). */
export const OS_RELEASE_PATHS = ['/etc/os-release', '/usr/lib/os-release'] as const;

/** The limit in bytes; real files have a kilobyte. */
export const MAX_OS_RELEASE_BYTES = 64 * 1024;

const LINE = /^([A-Z][A-Z0-9_]*)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'\\]*))[ \t]*$/;

/** Parses `os-release`: assignments of shell, without expansion. Returns null where there is no id. */
export function parseOsRelease(text: string): Distribution | null {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, key, double, single, plain] = LINE.exec(line.trim()) ?? [];
    if (key !== undefined) values.set(key, double?.replace(/\\(.)/g, '$1') ?? single ?? plain ?? '');
  }
  const id = values.get('ID');
  if (!id) return null;
  return {
    id,
    versionId: values.get('VERSION_ID') || null,
    prettyName: values.get('PRETTY_NAME') || null,
  };
}
