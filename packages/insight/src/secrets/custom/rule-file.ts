/** The rules of a user's file, translated. Plain data that can be sent between threads. */
export interface RuleFile {
  /** Whether the built-in rules are used too. */
  readonly usesBuiltIn: boolean;
  /** Ids of built-in rules that are not used. */
  readonly disabledRules: readonly string[];
  readonly rules: readonly CustomRule[];
  /** What is allowed, whatever the rule. */
  readonly allowlists: readonly Allowlist[];
  /** Rules, or parts of rules, that are not used: their ids, and why. */
  readonly unused: readonly { readonly rule: string; readonly reason: string }[];
}

/** A translated regular expression. */
export interface Pattern {
  readonly source: string;
  readonly flags: string;
}

export interface CustomRule {
  readonly id: string;
  readonly description: string;
  /** Null for a rule about paths alone, and for additions to a built-in rule. */
  readonly pattern: Pattern | null;
  /** Whether a match may be longer than a few hundred bytes. */
  readonly isLong: boolean;
  readonly path: Pattern | null;
  readonly keywords: readonly string[];
  /** The least entropy of the secret, in bits a character; null for any. */
  readonly entropy: number | null;
  /** The number of the group that is the secret; null for the first that matched something. */
  readonly secretGroup: number | null;
  readonly allowlists: readonly Allowlist[];
}

/** What is no secret although a rule matches. */
export interface Allowlist {
  /** Whether all kinds of conditions must hold, not just one. */
  readonly needsAll: boolean;
  readonly regexes: readonly Pattern[];
  /** What the regexes are compared with. */
  readonly target: 'secret' | 'match' | 'line';
  readonly paths: readonly Pattern[];
  readonly stopwords: readonly string[];
  /** The rules that it is for; null for all. */
  readonly rules: readonly string[] | null;
}
