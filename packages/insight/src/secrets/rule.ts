/**
 * How sure and how grave a secret is. `error`: a credential of a format that nothing else has. `warning`: probably a
 * credential, or one that needs a passphrase. `note`: a password hash, an example, or a file of a package.
 *
 * @useDeclaredType
 */
export type SecretSeverity = 'error' | 'warning' | 'note';

/** The severities, the gravest first. */
export const SECRET_SEVERITIES: readonly SecretSeverity[] = ['error', 'warning', 'note'];

/** A secret that a pattern found in a text. */
export interface Candidate {
  /** The secret itself. Never leaves the process. */
  readonly secret: string;
  /** What is before it by the published format, such as `ghp_`. Empty where nothing is published. */
  readonly prefix: string;
  /** All that the pattern matched. */
  readonly match: string;
  /** Returns the line of the match, as far as it is in the window around it. */
  readonly line: () => string;
  /** The path of the file; empty for a text of the config. */
  readonly path: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

/** A kind of secret, and how to find it. */
export interface SecretRule {
  /** Lower case, with hyphens. Documents and baselines name it. */
  readonly id: string;
  /** A noun phrase for people. */
  readonly description: string;
  readonly severity: SecretSeverity;
  /**
   * Texts of which one starts every match, or is near it where `before` is set, so that the pattern is tried only there.
   * ASCII, and compared without regard to case where `ignoresCase` is set. Without keywords, the pattern is tried on all
   * of a file.
   */
  readonly keywords: readonly string[];
  readonly ignoresCase?: boolean;
  /**
   * Matches from the start of a keyword on; without keywords, anywhere. The group `secret` is the secret, and the group
   * `prefix` is its published prefix; without them, the whole match is the secret. Every repetition has a bound. Null: every file
   * whose path matches is a secret.
   */
  readonly pattern: RegExp | null;
  /** Whether a letter, digit or `_` before the match excludes it. */
  readonly startsWord?: boolean;
  /** The most bytes of a match, from its keyword on. Default: {@link DEFAULT_REACH}. */
  readonly reach?: number;
  /** The most bytes of a match before its keyword: the pattern is then tried anywhere in this window. */
  readonly before?: number;
  /** The number of the group that is the secret, in place of the group `secret`; or {@link FIRST_GROUP}. */
  readonly secretGroup?: number;
  /** Whether the rule has a pattern of a user, which may take forever. */
  readonly isForeign?: boolean;
  /** Only files whose path matches, and no texts of the config. */
  readonly path?: RegExp;
  /** Whether a rule with a path is for texts of the config too: instructions write such files. */
  readonly alsoInConfig?: boolean;
  /** Where the rule applies. Default: everywhere. */
  readonly within?: 'files' | 'config';
  /** Decides about a match: its severity, or null where it is not a secret. Default: the severity of the rule. */
  readonly judge?: (candidate: Candidate) => SecretSeverity | null;
  /**
   * Whether the format has so much randomness that nobody finds a secret by trying. Only then may a fingerprint
   * depend on the secret.
   */
  readonly isRandom: boolean;
}

/** The most bytes of a match of most rules. */
export const DEFAULT_REACH = 400;

/** The most bytes of a match of any rule. */
export const MAX_REACH = 8192;

/** The secret is the first group that matched something; without one, the whole match. */
export const FIRST_GROUP = -1;
