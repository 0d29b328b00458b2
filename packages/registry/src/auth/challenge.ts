/** A challenge of `WWW-Authenticate` (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** In lower case, such as `bearer`. */
  readonly scheme: string;
  /** By names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const MAX_HEADER_LENGTH = 16_384;

/**
 * Parses the values of `WWW-Authenticate`. A value may hold several challenges, and quoted strings with commas. What is
 * not a challenge is skipped.
 */
export function parseChallenges(values: readonly string[]): readonly Challenge[] {
  return values.flatMap((value) =>
    value.length > MAX_HEADER_LENGTH ? [] : new ChallengeParser(value).parse(),
  );
}

class ChallengeParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Challenge[] {
    const challenges: Challenge[] = [];
    for (;;) {
      this.#skip(/[\s,]+/y);
      const scheme = this.#take(TOKEN);
      if (scheme === null) return challenges;
      challenges.push({ scheme: scheme.toLowerCase(), parameters: this.#parameters() });
    }
  }

  #parameters(): ReadonlyMap<string, string> {
    const parameters = new Map<string, string>();
    for (;;) {
      this.#skip(/[\s,]+/y);
      const start = this.#at;
      const name = this.#take(TOKEN);
      const isParameter = name !== null && this.#take(/\s*=\s*/y) !== null;
      const value = isParameter ? this.#value() : null;
      if (name === null || value === null) {
        // The next challenge starts here, or the rest is not valid.
        this.#at = start;
        return parameters;
      }
      const key = name.toLowerCase();
      if (!parameters.has(key)) parameters.set(key, value);
    }
  }

  #value(): string | null {
    const quoted = this.#take(/"(?:[^"\\]|\\.)*"/y);
    if (quoted !== null) return quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
    // Some servers do not quote addresses.
    return this.#take(/[^\s,"]+/y);
  }

  #skip(pattern: RegExp): void {
    this.#take(pattern);
  }

  /** Takes what matches at the current position; null for nothing. */
  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    this.#at = pattern.lastIndex;
    return match[0];
  }
}
