import type { Counted } from './counted.js';
import { firstOf } from './evidence.js';
import type { CheckEvidence } from './report.js';

/** The `config` object of an image config, as stored. */
type Config = Readonly<Record<string, unknown>>;

/** Longer values are not compared: a pattern could take very long on them. */
const LONGEST_VALUE = 1000;

/** Returns the labels that an image lacks, or has with a value that the pattern does not match as a whole. */
export function missingLabels(config: Config, labels: readonly string[]): Counted {
  const stored: unknown = config['Labels'];
  const values = typeof stored === 'object' && stored !== null ? stored : {};
  const evidence = labels.flatMap((label): CheckEvidence[] => {
    const { name, pattern, source } = parseLabel(label);
    const value: unknown = Object.hasOwn(values, name) ? Reflect.get(values, name) : undefined;
    if (typeof value !== 'string') return [fieldEvidence(`label ${name} is missing`)];
    const isMatch = pattern === null || (value.length <= LONGEST_VALUE && pattern.test(value));
    if (isMatch) return [];
    const shown = value.length > 100 ? `${value.slice(0, 100)}…` : value;
    return [fieldEvidence(`label ${name} is ${JSON.stringify(shown)}, and does not match ${source}`)];
  });
  return { count: evidence.length, evidence: firstOf(evidence) };
}

/** A label that an image must have. */
interface RequiredLabel {
  readonly name: string;
  /** What its whole value must match; null where any value is right. */
  readonly pattern: RegExp | null;
  /** The pattern as written. */
  readonly source: string;
}

/**
 * Parses `NAME` or `NAME=PATTERN`.
 *
 * @throws SyntaxError for an invalid pattern
 */
export function parseLabel(text: string): RequiredLabel {
  const at = text.indexOf('=');
  if (at === -1) return { name: text, pattern: null, source: '' };
  const source = text.slice(at + 1);
  // Parsed alone first, so that no bracket of the pattern closes those around it.
  new RegExp(source, 'u');
  return { name: text.slice(0, at), pattern: new RegExp(`^(?:${source})$`, 'u'), source };
}

/** Root by its name or its number, as Docker reads it: `0`, `root`, `0:1000`, and no user at all. */
const ROOT_USER = /^(?:|root|[+-]?0+)(?::.*)?$/s;

/** Finds out whether containers of an image run as root. */
export function rootUser(config: Config): Counted {
  const stored: unknown = config['User'];
  const user = typeof stored === 'string' ? stored : '';
  if (!ROOT_USER.test(user)) return { count: 0, evidence: firstOf([]) };
  const note =
    user === '' ? 'no USER is set, so that the container runs as root' : `USER is ${JSON.stringify(user)}`;
  return { count: 1, evidence: firstOf([fieldEvidence(note)]) };
}

function fieldEvidence(note: string): CheckEvidence {
  return { path: null, bytes: null, layer: null, instruction: null, note };
}
