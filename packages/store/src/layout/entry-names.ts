import {
  type Descriptor,
  familiarReference,
  formatReference,
  IMAGE_NAME,
  REF_NAME,
  tryParseReference,
  withDefaultTag,
} from '@layers/core/oci';
import { isJsonObject } from '../json-value.js';
import type { IndexEntry } from './index-entry.js';

/** A name of an image, in the forms that annotations contain. */
export interface EntryName {
  /** As docker prints it, `alpine:3.20`; text that is not a reference, unchanged. Identifies the name. */
  readonly shown: string;
  /** `docker.io/library/alpine:3.20`; null for a tag alone, and for text that is not a reference. */
  readonly qualified: string | null;
}

/** Returns the forms of a name; null for an empty text, and for a name with a digest and no tag. */
export function entryName(tag: string): EntryName | null {
  if (tag === '') return null;
  const parsed = /[:/@]/.test(tag) ? tryParseReference(tag) : undefined;
  if (parsed === undefined) return { shown: tag, qualified: null };
  const reference = withDefaultTag(parsed);
  if (reference.tag === undefined) return null;
  const named = { ...reference, digest: undefined };
  return { shown: familiarReference(named), qualified: formatReference(named) };
}

/**
 * Reads the names of descriptors from their annotations. `ref.name` takes precedence over containerd's annotation: skopeo
 * moves `ref.name` to another descriptor and leaves containerd's annotation behind, and umoci copies that annotation to an
 * image with another `ref.name`. Removes a containerd annotation whose name another descriptor has by `ref.name`.
 */
export function namedEntries(
  descriptors: readonly { readonly descriptor: Descriptor; readonly raw: IndexEntry['raw'] }[],
): readonly IndexEntry[] {
  const refNames = descriptors.map(({ descriptor }) => refName(descriptor));
  const taken = new Set(refNames);
  return descriptors.map(({ descriptor, raw }, i): IndexEntry => {
    const name = refNames[i] ?? null;
    if (name !== null) return { descriptor, raw, name };
    const imageName = entryName(descriptor.annotations.get(IMAGE_NAME) ?? '')?.shown ?? null;
    if (imageName === null || !taken.has(imageName)) return { descriptor, raw, name: imageName };
    return withoutName({ descriptor, raw, name: imageName });
  });
}

function refName({ annotations }: Descriptor): string | null {
  const reference = annotations.get(REF_NAME) ?? '';
  const image = annotations.get(IMAGE_NAME) ?? '';
  // containerd and BuildKit write only the tag to `ref.name`, and the full name to their annotation.
  const isTagOf = image !== '' && tryParseReference(image)?.tag === reference;
  return entryName(isTagOf ? image : reference)?.shown ?? null;
}

/**
 * Returns the entry with a name. `ref.name` contains name and tag, so that skopeo and umoci find the image by the name that
 * docker prints (OCI annotations.md allows any form).
 */
export function withName(entry: IndexEntry, { shown, qualified }: EntryName): IndexEntry {
  const { [IMAGE_NAME]: _, ...others } = annotationsOf(entry);
  const name = qualified === null ? {} : { [IMAGE_NAME]: qualified };
  return withAnnotations(entry, shown, { ...others, ...name, [REF_NAME]: shown });
}

/** Returns the entry without a name, and with its other annotations. */
export function withoutName(entry: IndexEntry): IndexEntry {
  const { [IMAGE_NAME]: _, [REF_NAME]: __, ...others } = annotationsOf(entry);
  return withAnnotations(entry, null, others);
}

function annotationsOf({ raw }: IndexEntry): Readonly<Record<string, unknown>> {
  const annotations = raw['annotations'];
  return isJsonObject(annotations) ? annotations : {};
}

function withAnnotations(
  { descriptor, raw }: IndexEntry,
  name: string | null,
  annotations: Readonly<Record<string, unknown>>,
): IndexEntry {
  const { annotations: _, ...rest } = raw;
  const texts = Object.entries(annotations).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[key, value]] : [],
  );
  return {
    descriptor: { ...descriptor, annotations: new Map(texts) },
    raw: texts.length === 0 ? rest : { ...rest, annotations },
    name,
  };
}
