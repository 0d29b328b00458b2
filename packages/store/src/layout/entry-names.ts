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

/** A name of an image, in the forms that annotations have it. */
export interface EntryName {
  /** As docker shows it, `alpine:3.20`; what is no reference as it is. Two names are the same where this is. */
  readonly shown: string;
  /** `docker.io/library/alpine:3.20`; null for a bare tag and other text, to which there is no name. */
  readonly qualified: string | null;
}

/** The forms of a tag; null for a name with a digest and no tag, which is no tag. */
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
 * Gives descriptors the names that they have. `ref.name` counts, with what containerd adds to it: skopeo takes it from
 * one descriptor for another and leaves containerd's annotation behind, umoci copies that along with a `ref.name` of
 * another image. A containerd's name that is left behind where another descriptor has it now is stripped.
 */
export function namedEntries(
  descriptors: readonly { readonly descriptor: Descriptor; readonly raw: IndexEntry['raw'] }[],
): readonly IndexEntry[] {
  const own = descriptors.map(({ descriptor }) => ownName(descriptor));
  const taken = new Set(own);
  return descriptors.map(({ descriptor, raw }, i): IndexEntry => {
    const name = own[i] ?? null;
    if (name !== null) return { descriptor, raw, name };
    const left = entryName(descriptor.annotations.get(IMAGE_NAME) ?? '')?.shown ?? null;
    if (left === null || !taken.has(left)) return { descriptor, raw, name: left };
    return withoutName({ descriptor, raw, name: left });
  });
}

function ownName({ annotations }: Descriptor): string | null {
  const reference = annotations.get(REF_NAME) ?? '';
  const image = annotations.get(IMAGE_NAME) ?? '';
  // containerd and BuildKit write the tag alone, and the rest beside.
  const isTagOf = image !== '' && tryParseReference(image)?.tag === reference;
  return entryName(isTagOf ? image : reference)?.shown ?? null;
}

/**
 * The same entry under a name. `ref.name` holds name and tag, so that skopeo and umoci find the image by what docker
 * calls it (OCI annotations.md leaves its form open).
 */
export function withName(entry: IndexEntry, { shown, qualified }: EntryName): IndexEntry {
  const { [IMAGE_NAME]: _, ...others } = annotationsOf(entry);
  const name = qualified === null ? {} : { [IMAGE_NAME]: qualified };
  return withAnnotations(entry, shown, { ...others, ...name, [REF_NAME]: shown });
}

/** The same entry without a name; its other annotations stay. */
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
