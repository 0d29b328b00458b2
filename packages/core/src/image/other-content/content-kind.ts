import { FOREIGN_FORMATS, MAGIC_BYTES } from './magic-numbers.js';

/** What bytes are that are neither a tar nor an image. */
export interface ContentKind {
  /** Completes the sentence "the input is …". */
  readonly name: string;
  /** What to do with the file, which is called FILE. */
  readonly advice: string;
}

/** A kind of text, recognised by its beginning without leading white space. */
interface TextKind extends ContentKind {
  readonly start: RegExp;
}

const DOWNLOAD = 'the download failed, or needs a login: download the file again, and check the address';

const TEXT_KINDS: readonly TextKind[] = [
  { name: 'an HTML page', start: /^(?:<!--[^>]*-->\s*)?<(?:!doctype html|html)\b/i, advice: DOWNLOAD },
  {
    name: 'an error message of a registry, in JSON',
    start: /^\{\s*"errors"\s*:\s*\[/,
    advice: DOWNLOAD,
  },
  {
    name: 'a document of an image, in JSON, without the image',
    start: /^[[{].*"(?:schemaVersion|mediaType|diff_ids|RepoTags|imageLayoutVersion)"\s*:/s,
    advice: 'name the archive or the directory that contains it',
  },
  {
    name: 'the output of docker inspect, in JSON',
    start: /^\[\s*\{\s*"Id"\s*:/,
    advice: 'save the image itself: docker save -o FILE IMAGE',
  },
  { name: 'JSON', start: /^[[{]\s*(?:["[{\]}]|-?\d)/, advice: 'name an image archive' },
  { name: 'an XML document', start: /^<\?xml\b/, advice: 'name an image archive' },
  { name: 'a script', start: /^#!/, advice: 'name an image archive' },
  {
    name: 'a Dockerfile',
    start: /^(?:(?:#|ARG\b)[^\n]*\n\s*)*FROM\s+\S/i,
    advice: 'build the image, then save it: docker save -o FILE IMAGE',
  },
  { name: 'text', start: /^/, advice: 'docker save -o FILE IMAGE writes an image archive' },
];

/**
 * Returns what the beginning of a file shows it to be; null for unknown bytes, and for a tar with a damaged header.
 *
 * @param head the first {@link MAGIC_BYTES} bytes, or the whole file
 */
export function contentKind(head: Uint8Array): ContentKind | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, MAGIC_BYTES));
  if (bytes.toString('latin1', 257, 262) === 'ustar') return null;
  // PowerShell writes the output of programs as text in UTF-16.
  const mark = bytes.toString('latin1', 0, 2);
  if (mark === '\xff\xfe' || mark === '\xfe\xff') {
    return {
      name: "UTF-16 text, as PowerShell's > writes it",
      advice: "PowerShell's > changes binary data: write the archive with docker save -o FILE IMAGE",
    };
  }
  const format = FOREIGN_FORMATS.find(
    ({ magic, at = 0 }) => bytes.toString('latin1', at, at + magic.length) === magic,
  );
  if (format !== undefined) return { name: format.name, advice: format.advice };
  const text = textOf(bytes);
  if (text === null || text === '') return null;
  const kind = TEXT_KINDS.find(({ start }) => start.test(text));
  return kind === undefined ? null : { name: kind.name, advice: kind.advice };
}

const TEXT_BYTES = 4096;

/** Returns the beginning of text in UTF-8, without a byte order mark and leading white space; null for other bytes. */
function textOf(bytes: Uint8Array): string | null {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    // The last character may be cut.
    const text = decoder.decode(bytes.subarray(0, TEXT_BYTES), { stream: true });
    return hasControls(text) ? null : text.trimStart();
  } catch {
    return null;
  }
}

function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isSpace = (code >= 0x09 && code <= 0x0d) || code === 0x1b;
    if ((code < 0x20 && !isSpace) || code === 0x7f) return true;
  }
  return false;
}
