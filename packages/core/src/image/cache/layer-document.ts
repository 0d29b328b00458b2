import { ERROR_CODES } from '@layers/errors';
import * as v from 'valibot';
import { isDigest } from '../../digest/digest.js';
import { findingSchema } from '../../findings/finding-schema.js';

/** Made when it is needed: many commands read no layer that was kept. */
function makeSchema() {
  const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
  const text = v.string();

  const digest = v.custom<`${string}:${string}`>((value) => typeof value === 'string' && isDigest(value));

  const sparse = v.strictObject({
    form: v.picklist(['gnu', 'pax-0.0', 'pax-0.1', 'pax-1.0']),
    extents: v.nullable(v.array(v.strictObject({ offset: whole, bytes: whole }))),
  });

  const problem = v.strictObject({
    code: v.picklist(ERROR_CODES),
    message: text,
    hint: v.nullable(text),
    offset: v.nullable(v.number()),
  });

  return v.strictObject({
    compression: v.nullable(v.picklist(['gzip', 'zstd', 'xz', 'bzip2'])),
    storedBytes: whole,
    tarBytes: whole,
    digests: v.array(digest),
    diffIds: v.array(digest),
    inflated: v.boolean(),
    /** Whether the CRC of gzip was checked, too. */
    isChecked: v.boolean(),
    problem: v.nullable(problem),
    isSelfContained: v.boolean(),
    plainNames: v.boolean(),
    metadataBytes: whole,
    findings: v.array(findingSchema()),
    tocFindings: v.array(findingSchema()),
    /** The number of values of the columns. */
    counts: v.strictObject({
      entries: whole,
      directories: whole,
      links: whole,
      names: whole,
      xattrs: whole,
    }),
    hasNanoseconds: v.boolean(),
    hasFingerprints: v.boolean(),
    /** Different sets of xattrs: names, and values in base64. Most entries with xattrs have the same. */
    xattrSets: v.array(v.array(v.strictTuple([text, text]))),
    sparse: v.array(v.strictTuple([whole, whole, sparse])),
    devices: v.array(v.strictTuple([whole, v.number(), v.number()])),
    asStored: v.array(v.strictTuple([whole, whole, whole, whole, v.boolean()])),
  });
}

/** What an entry of the cache has beside its columns. */
export type LayerDocument = v.InferOutput<ReturnType<typeof makeSchema>>;

let schema: ReturnType<typeof makeSchema> | null = null;

/** Returns the document if it is one; null for any other value. */
export function parseLayerDocument(value: unknown): LayerDocument | null {
  schema ??= makeSchema();
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : null;
}
