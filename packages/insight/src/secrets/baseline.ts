import { LayersError } from '@layers/errors';

/** The secrets of an earlier scan, by fingerprint: how often each was found. */
export type Baseline = ReadonlyMap<string, number>;

/**
 * Parses the document of an earlier scan. Throws ERR_LAYERS_BASELINE for anything else.
 *
 * @param file its name, for the error
 */
export function parseBaseline(text: string, file: string): Baseline {
  const counts = new Map<string, number>();
  for (const item of secretsIn(parsed(text, file), file)) {
    const fingerprint = isObject(item) ? item['fingerprint'] : undefined;
    if (typeof fingerprint !== 'string') throw notABaseline(file, 'a secret without a fingerprint');
    counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1);
  }
  return counts;
}

/** Returns a function that decides, secret by secret, whether the baseline has it. Each is counted once. */
export function createBaselineFilter(baseline: Baseline): (fingerprint: string) => boolean {
  const left = new Map(baseline);
  return (fingerprint) => {
    const count = left.get(fingerprint) ?? 0;
    left.set(fingerprint, count - 1);
    return count > 0;
  };
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error of the parser quotes the text, which may contain a secret.
    throw notABaseline(file, 'not JSON');
  }
}

function secretsIn(document: unknown, file: string): readonly unknown[] {
  const secrets = isObject(document) ? document['secrets'] : undefined;
  if (!Array.isArray(secrets)) throw notABaseline(file, 'no list "secrets"');
  return secrets;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notABaseline(file: string, what: string): LayersError {
  return new LayersError('ERR_LAYERS_BASELINE', `not the result of an earlier scan for secrets: ${what}`, {
    archive: file,
    hint: 'write a baseline as JSON, from the document of a scan',
  });
}
