import { statedLicences, statedText } from '../stated-text.js';

/** The fields of a manifest of a jar (JAR File Specification). */
export class JarManifest {
  readonly #main: ReadonlyMap<string, string>;
  readonly #sections: string;

  constructor(text: string) {
    // Continuation lines start with a space.
    const lines = text.replace(/\r\n?/g, '\n').replace(/\n /g, '').trimStart();
    const end = lines.indexOf('\n\n');
    const fields = (end < 0 ? lines : lines.slice(0, end)).split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, Math.max(0, colon)).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
    });
    this.#main = new Map(fields);
    this.#sections = end < 0 ? '' : lines.slice(end);
  }

  /** Returns a field of the main section; null where it is absent, empty, or a variable that the build did not replace. */
  field(name: string): string | null {
    const value = statedText(this.#main.get(name.toLowerCase()));
    return value === null || value.includes('${') ? null : value;
  }

  has(name: string): boolean {
    return this.#main.has(name.toLowerCase());
  }

  /** Returns a version in the main section, else in the section of a package, by the fields that state it. */
  version(): string | null {
    const names = ['Implementation-Version', 'Specification-Version', 'Plugin-Version', 'Bundle-Version'];
    for (const name of names) {
      const value = this.field(name) ?? this.#fieldOfSections(name);
      if (value !== null) return value;
    }
    return null;
  }

  /** Returns names or addresses of licences. `Bundle-License` is a list with attributes (OSGi Core, section 3.2.1). */
  licences(): string[] {
    const bundle = this.field('Bundle-License') ?? '';
    // Names of licences contain commas, so only a comma before an address or a quote separates.
    const clauses = bundle.split(/,(?=\s*(?:https?:|"))/).map((clause) => {
      return clause
        .trim()
        .replace(/^"([^"]*)".*$/, '$1')
        .replace(/;.*$/, '')
        .trim();
    });
    const plugin = this.field('Plugin-License-Name');
    return statedLicences([...clauses.filter((clause) => clause !== '<<EXTERNAL>>'), plugin]);
  }

  #fieldOfSections(name: string): string | null {
    return statedText(new RegExp(`^${name}:(.*)$`, 'im').exec(this.#sections)?.[1]);
  }
}
