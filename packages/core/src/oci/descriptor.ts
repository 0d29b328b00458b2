import * as v from 'valibot';
import type { Digest } from '../digest/digest.js';
import type { Platform } from './platform.js';
import { digest, jsonObject, jsonRecord, list, text } from './validate.js';

/** A blob as a document describes it (OCI descriptor.md). Nothing in it is verified. */
export interface Descriptor {
  /** Empty where the document has none. Unknown types are allowed. */
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly artifactType: string | undefined;
  readonly platform: Platform | undefined;
  readonly annotations: ReadonlyMap<string, string>;
  /** Where the blob can be downloaded; used for non-distributable layers. */
  readonly urls: readonly string[];
  /** The blob itself where it is embedded. Not verified against `size` and `digest`. */
  readonly data: Uint8Array | undefined;
}

const base64 = v.pipe(
  v.string('a base64 string'),
  v.check((value) => value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value), 'base64'),
);

const size = v.custom<number>(
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  'a number of bytes: an integer from 0 to 2^53 - 1',
);

/** The schema of annotations of a descriptor, manifest or index (OCI annotations.md). */
export const annotationsSchema = v.pipe(
  v.nullish(jsonRecord(v.nullish(text))),
  v.transform((raw): ReadonlyMap<string, string> => {
    const annotations = new Map<string, string>();
    for (const [name, value] of Object.entries(raw ?? {}))
      if (typeof value === 'string') annotations.set(name, value);
    return annotations;
  }),
);

const platformSchema = jsonObject({
  os: v.nullish(text),
  architecture: v.nullish(text),
  variant: v.nullish(text),
  'os.version': v.nullish(text),
  'os.features': list(text),
});

/** The schema of a descriptor, for the schemas of documents. */
export const descriptorSchema = v.pipe(
  jsonObject({
    mediaType: v.nullish(text),
    digest,
    size,
    artifactType: v.nullish(text),
    platform: v.nullish(platformSchema),
    annotations: v.nullish(annotationsSchema),
    urls: list(text),
    data: v.nullish(base64),
  }),
  v.transform(
    (raw): Descriptor => ({
      mediaType: raw.mediaType ?? '',
      digest: raw.digest,
      size: raw.size,
      artifactType: raw.artifactType ?? undefined,
      platform: platformOf(raw.platform ?? {}),
      annotations: raw.annotations ?? new Map(),
      urls: raw.urls ?? [],
      data: raw.data == null ? undefined : Buffer.from(raw.data, 'base64'),
    }),
  ),
);

function platformOf(raw: v.InferOutput<typeof platformSchema>): Platform | undefined {
  const os = raw.os ?? '';
  const architecture = raw.architecture ?? '';
  if (os === '' && architecture === '' && !raw.variant && !raw['os.version']) return undefined;
  return {
    os,
    architecture,
    ...(raw.variant ? { variant: raw.variant } : {}),
    ...(raw['os.version'] ? { osVersion: raw['os.version'] } : {}),
  };
}
