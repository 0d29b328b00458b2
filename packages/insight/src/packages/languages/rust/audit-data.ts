import { inflateZlib } from '#insight/packages/languages/zip/inflate.js';
import type { Executable } from '../executables/executable.js';
import { readRange } from '../file-ranges.js';
import type { LanguagePackage } from '../language-package.js';
import { MalformedFile } from '../malformed-file.js';
import { statedText } from '../stated-text.js';

/** The section that `cargo auditable` adds to ELF, PE and Mach-O files. */
const SECTION = '.dep-v0';

/** The limits of the section, compressed and not. The list of the largest programs has about 100 KiB. */
const MAX_SECTION_BYTES = 1024 * 1024;
const MAX_LIST_BYTES = 2 * 1024 * 1024;

/** Returns the crates of a program that `cargo auditable` built, without those that only ran during the build. */
export function readAuditData({ file, sections }: Executable): LanguagePackage[] {
  const section = sections.find(({ name }) => name === SECTION);
  if (section === undefined || section.size > MAX_SECTION_BYTES) return [];
  const list = parseList(inflate(readRange(file, section.position, section.size)));
  const packages: LanguagePackage[] = [];
  for (const item of list) {
    const fields = new Map(typeof item === 'object' && item !== null ? Object.entries(item) : []);
    const [name, version] = [statedText(fields.get('name')), statedText(fields.get('version'))];
    // Without the field, the kind is `runtime`.
    if (name === null || version === null || (fields.get('kind') ?? 'runtime') !== 'runtime') continue;
    packages.push({
      ecosystem: 'cargo',
      namespace: null,
      name,
      version,
      licences: [],
      platform: null,
      innerPath: null,
      isWholeFile: fields.get('root') === true,
    });
  }
  return packages;
}

/** PE pads sections with zeros, which end no stream, so what follows it does not count. */
function inflate(bytes: Uint8Array): string {
  try {
    return new TextDecoder().decode(inflateZlib(bytes, MAX_LIST_BYTES));
  } catch {
    throw new MalformedFile('the list of crates is damaged');
  }
}

function parseList(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && 'packages' in value;
    return isObject && Array.isArray(value.packages) ? value.packages : [];
  } catch {
    return [];
  }
}
