import { hasBase62Checksum } from '../checks/base62-checksum.js';
import { isPlaceholder } from '../checks/placeholder.js';
import type { Candidate, SecretRule, SecretSeverity } from '../rule.js';

/** A token as its provider publishes it: one of several prefixes, then random characters. */
export interface TokenFormat {
  readonly id: string;
  readonly description: string;
  readonly prefixes: readonly string[];
  /** A pattern of what follows the prefix, as the source of a regular expression. */
  readonly body: string;
  /** What may not follow, as a character class. Default: letters, digits, `_` and `-`. */
  readonly notAfter?: string;
  readonly severity?: SecretSeverity;
  readonly startsWord?: boolean;
  readonly reach?: number;
  /** Default: everything whose random part is not a placeholder. */
  readonly judge?: (candidate: Candidate) => SecretSeverity | null;
}

/** Returns the rule of a token with a prefix. */
export function tokenRule(format: TokenFormat): SecretRule {
  const { id, description, prefixes, body, notAfter = '[A-Za-z0-9_-]', severity = 'error' } = format;
  const alternatives = prefixes.map(escapePattern).join('|');
  const end = notAfter === '' ? '' : `(?!${notAfter})`;
  return {
    id,
    description,
    severity,
    keywords: prefixes,
    pattern: new RegExp(`(?<secret>(?<prefix>${alternatives})(?:${body}))${end}`),
    startsWord: format.startsWord ?? true,
    ...(format.reach === undefined ? {} : { reach: format.reach }),
    judge: format.judge ?? ((candidate) => (isPlaceholder(randomPart(candidate)) ? null : severity)),
    isRandom: true,
  };
}

/** Returns the rule of a token whose last six characters are the CRC-32 of its random part. */
export function checkedTokenRule(
  format: Omit<TokenFormat, 'notAfter' | 'startsWord' | 'judge' | 'body'>,
): SecretRule {
  return tokenRule({
    ...format,
    body: '[A-Za-z0-9]{36}',
    // The checksum decides, also where a program's text continues without a break.
    notAfter: '',
    startsWord: false,
    judge: (candidate) => {
      const part = randomPart(candidate);
      if (hasBase62Checksum(part)) return format.severity ?? 'error';
      return null;
    },
  });
}

/** Returns what follows the published prefix. */
export function randomPart({ secret, prefix }: Candidate): string {
  return secret.slice(prefix.length);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
