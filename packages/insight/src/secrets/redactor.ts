import type { TextScanner } from './scan/scan-text.js';

/** Shorter secrets are parts of ordinary words. */
const LEAST_LENGTH = 6;
const MASK = '****';

/**
 * Removes secrets from texts of an image, such as instructions and paths, before anybody sees them: those that the rules
 * find in the text, and those that were found anywhere else.
 */
export class Redactor {
  readonly #scanner: TextScanner;
  readonly #known = new Set<string>();
  readonly #redacted = new Map<string, string>();

  constructor(scanner: TextScanner) {
    this.#scanner = scanner;
  }

  /** Adds a secret that was found. */
  add(secret: string): void {
    if (secret.length >= LEAST_LENGTH) this.#known.add(secret);
  }

  redact(text: string): string {
    const known = this.#redacted.get(text);
    if (known !== undefined) return known;
    const result = this.#withoutKnown(this.#withoutFound(text));
    this.#redacted.set(text, result);
    return result;
  }

  #withoutFound(text: string): string {
    const bytes = Buffer.from(text, 'utf8');
    const parts: Buffer[] = [];
    let at = 0;
    for (const { offset, end, prefix } of this.#scanner.scan(text).secrets) {
      if (offset < at) continue;
      parts.push(bytes.subarray(at, offset), Buffer.from(prefix + MASK));
      at = end;
    }
    return at === 0 ? text : Buffer.concat([...parts, bytes.subarray(at)]).toString('utf8');
  }

  #withoutKnown(text: string): string {
    let result = text;
    for (const secret of this.#known) if (result.includes(secret)) result = result.replaceAll(secret, MASK);
    return result;
  }
}
