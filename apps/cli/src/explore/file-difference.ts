import { PATCH_LIMIT_BYTES, textPatch } from '@layers/core/diff';
import { createDigester } from '@layers/core/digest';
import type { ContentPlace, DifferenceEffect } from '@layers/explorer';

/** Yields the bytes of a file. */
export type ReadChunks = (place: ContentPlace) => AsyncIterable<Uint8Array>;

/** A version of a file. */
interface Version {
  readonly digest: string;
  /** Null where it is too large to compare line by line. */
  readonly bytes: Uint8Array | null;
}

/** Returns the difference of two versions of a file as text: a patch, or their digests where they are not text. */
export async function fileDifference(
  { versions: { before, after }, head }: DifferenceEffect,
  read: ReadChunks,
): Promise<Uint8Array> {
  const a = before === null ? null : await versionOf(before, read);
  const b = after === null ? null : await versionOf(after, read);
  const top = `${head.map((line) => `  ${line}\n`).join('')}\n`;
  return Buffer.concat([Buffer.from(top), patchOf(a, b, (before ?? after)?.path ?? new Uint8Array(0))]);
}

function patchOf(a: Version | null, b: Version | null, path: Uint8Array): Uint8Array {
  if (a !== null && b !== null && a.digest === b.digest)
    return Buffer.from(`  both versions have the same content\n${digestLines(a, b)}`);
  const [bytesA, bytesB] = [a?.bytes ?? null, b?.bytes ?? null];
  if ((a !== null && bytesA === null) || (b !== null && bytesB === null))
    return Buffer.from(
      `  too large to be compared line by line: more than ${PATCH_LIMIT_BYTES} bytes\n${digestLines(a, b)}`,
    );
  const result = textPatch(bytesA, bytesB, { a: path, b: path });
  if ('omitted' in result) {
    const why = result.omitted === 'binary' ? 'binary files' : 'too different to be compared line by line';
    return Buffer.from(`  ${why}\n${digestLines(a, b)}`);
  }
  if (result.patch === '') return Buffer.from(`  no line differs\n${digestLines(a, b)}`);
  return Buffer.from(
    result.patchBase64 ?? result.patch,
    result.patchBase64 === undefined ? 'utf8' : 'base64',
  );
}

function digestLines(a: Version | null, b: Version | null): string {
  return `  before  ${a?.digest ?? 'no file'}\n  after   ${b?.digest ?? 'no file'}\n`;
}

async function versionOf(place: ContentPlace, read: ReadChunks): Promise<Version> {
  const digester = createDigester();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of read(place)) {
    digester.update(chunk);
    bytes += chunk.length;
    if (bytes <= PATCH_LIMIT_BYTES) chunks.push(Buffer.from(chunk));
    else chunks.length = 0;
  }
  return { digest: digester.digest(), bytes: bytes > PATCH_LIMIT_BYTES ? null : Buffer.concat(chunks) };
}

/** Returns the style of a line of a patch. */
export function patchStyle(line: string): 'added' | 'deleted' | 'bold' | 'plain' {
  if (line.startsWith('+')) return 'added';
  if (line.startsWith('-')) return 'deleted';
  return line.startsWith('@@') ? 'bold' : 'plain';
}
