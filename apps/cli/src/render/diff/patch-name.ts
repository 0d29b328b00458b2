import { escapeBytesForTerminal, escapeForTerminal } from '../../output/escape.js';

/** A blank too: where no `---` line follows, `patch` could not tell where the first of two names ends. */
const NEEDS_QUOTES = /[\x00-\x20"\\\x7f]/;

/**
 * The name of a file in a patch, such as `a/etc/passwd`: in quotes and with escapes as in C where `patch` and `git`
 * could not read it otherwise, so that no name can be taken for a line of the patch.
 */
export function patchName(side: 'a' | 'b', path: string, base64: string | undefined): string {
  if (base64 === undefined && !NEEDS_QUOTES.test(path)) return `${side}${path}`;
  const bytes = base64 === undefined ? Buffer.from(path) : Buffer.from(base64, 'base64');
  let quoted = '';
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    quoted += isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `"${side}${quoted}"`;
}

/** The folder and the last part of a path, each as `diff -r` names them, escaped. */
export function onlyInName(side: 'a' | 'b', path: string, base64: string | undefined): string {
  const text =
    base64 === undefined ? escapeForTerminal(path) : escapeBytesForTerminal(Buffer.from(base64, 'base64'));
  const slash = text.lastIndexOf('/');
  return `${side}${text.slice(0, slash)}: ${text.slice(slash + 1)}`;
}
