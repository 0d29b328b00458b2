import { PATCH_LIMIT_BYTES, textPatch } from '@layers/core/diff';
import type { Digest } from '@layers/core/digest';
import { createDigester } from '@layers/core/digest';
import { type ReadImage, readContent } from '@layers/core/image';
import { Yielder } from '@layers/core/io';
import { Kind, type Union } from '@layers/core/rootfs';
import type { PathState } from '../events/path-events.js';
import type { LogEvent } from './document.js';

/** The content of a file: its digest, and its bytes where they are few enough for a patch. */
export interface FileContent {
  readonly digest: Digest | null;
  readonly bytes: Uint8Array | null;
}

const NO_CONTENT: FileContent = { digest: null, bytes: null };
/** A small archive can contain a sparse file of terabytes, which takes hours to read. */
const MAX_SPARSE_BYTES = 2 ** 30;

/**
 * Returns the content of a state of a path.
 *
 * @param hasBytes whether bytes are needed, for a patch
 * @throws LayersError as `readContent`
 */
export async function contentOf(
  image: ReadImage,
  union: Union,
  { kind, layer, entry }: PathState,
  { hasBytes, signal }: { readonly hasBytes: boolean; readonly signal?: AbortSignal | undefined },
): Promise<FileContent> {
  const changeset = union.layers[layer];
  if (kind !== Kind.file || changeset === undefined) return NO_CONTENT;
  const size = changeset.size[entry] ?? 0;
  if (changeset.sparse.has(entry) && size > MAX_SPARSE_BYTES) return NO_CONTENT;
  const digester = createDigester();
  const pieces: Uint8Array[] = [];
  const isKept = hasBytes && size <= PATCH_LIMIT_BYTES;
  const yielder = new Yielder({ signal });
  for await (const chunk of readContent(image, layer, entry)) {
    digester.update(chunk);
    if (isKept) pieces.push(chunk.slice());
    if (yielder.count(chunk.length)) await yielder.pause();
  }
  return { digest: digester.digest(), bytes: isKept ? Buffer.concat(pieces) : null };
}

/** A state of the path with its content; null where the path does not exist. */
export type Version = { readonly kind: number; readonly content: FileContent } | null;

/** Returns the patch between two versions of the path. */
export function patchOf(
  before: Version,
  after: Version,
  path: Uint8Array,
): Pick<LogEvent, 'patch' | 'patchBase64' | 'patchOmitted'> {
  const [a, b] = [fileOf(before), fileOf(after)];
  if (a === null && b === null) return {};
  if (a !== null && b !== null && a.digest !== null && a.digest === b.digest) return {};
  if ((a !== null && a.bytes === null) || (b !== null && b.bytes === null))
    return { patchOmitted: 'too-large' };
  const made = textPatch(a?.bytes ?? null, b?.bytes ?? null, { a: path, b: path });
  if ('omitted' in made) return { patchOmitted: made.omitted };
  const { patch, patchBase64 } = made;
  return patchBase64 === undefined ? { patch } : { patch, patchBase64 };
}

function fileOf(version: Version): FileContent | null {
  return version?.kind === Kind.file ? version.content : null;
}
