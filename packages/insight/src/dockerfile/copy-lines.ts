import { posix } from 'node:path';
import type { LayerFiles } from './layer-files.js';
import { execList, quoteListWord, quoteWord } from './quote.js';

/** A COPY or ADD in a history. */
export interface RecordedCopy {
  readonly name: 'ADD' | 'COPY';
  /** The arguments as the history has them. */
  readonly text: string;
  readonly files: LayerFiles | null;
  readonly workingDir: string;
}

/** What is written for a COPY or ADD. `layer`: the files of the layer have to be added as a whole. */
export type CopyLines = FileCopy | 'layer';

/** An instruction that needs files beside the Dockerfile. */
interface FileCopy {
  readonly line: string;
  /** The path of the files in the image; null where a server has them. */
  readonly exported: string | null;
  /** Their path beside the Dockerfile; null where it is the same. */
  readonly source: string | null;
  /** Whether the instruction is that of the history. */
  readonly isSource: boolean;
  readonly guess: string | null;
}

/** Docker's checksum in place of the sources. Flags stand before it without a space. */
const SUM = /(file|dir|multi):[0-9a-f]{64} in /;

/** Returns the instruction for a COPY or ADD, whose sources the history names at best. */
export function copyLines(copy: RecordedCopy, escapeChar: string): CopyLines {
  const sum = SUM.exec(copy.text);
  if (sum === null) return named(copy, escapeChar);
  const flags = copy.text.slice(0, sum.index).trim();
  const target = copy.text.slice(sum.index + sum[0].length).replace(/ $/, '');
  return summed(copy, { flags, target, isFile: sum[1] === 'file', isMany: sum[1] === 'multi' }, escapeChar);
}

/** The parts of a COPY or ADD with a checksum. */
interface Summed {
  readonly flags: string;
  readonly target: string;
  readonly isFile: boolean;
  readonly isMany: boolean;
}

/** Docker recorded checksums: copies the destination from a tree that was exported from the image. */
function summed(copy: RecordedCopy, { flags, target, ...sum }: Summed, escapeChar: string): CopyLines {
  const absolute = posix.resolve('/', copy.workingDir, target);
  const { files } = copy;
  const isFile = sum.isFile && (copy.name === 'COPY' || files?.count === 1);
  const isInto = sum.isMany || target.endsWith('/') || target === '.';
  const [only] = files?.count === 1 ? files.paths : [];
  if (absolute === '/' && only === undefined) return 'layer';
  let source = absolute.slice(1);
  if (isFile && isInto) {
    if (only === undefined) return 'layer';
    source = only;
  } else if (isFile && only !== undefined && only !== source) {
    // The destination is a directory.
    source = only;
  } else if (!isFile && files === null && copy.name === 'ADD') return 'layer';
  const owner = ownerFlags(
    flags.split(/ +|(?<=\S)(?=--)/).filter((flag) => flag !== ''),
    files,
  );
  const line = copyLine('COPY', owner.flags, [source], isFile ? target : absolute, escapeChar);
  return line === null
    ? 'layer'
    : { line, exported: source, source: null, isSource: false, guess: owner.guess };
}

/** BuildKit and kaniko record the sources, without quotes. */
function named({ name, text, files, workingDir }: RecordedCopy, escapeChar: string): CopyLines {
  const json = /^((?:--\S+ +)*)(\[.*\])\s*$/s.exec(text);
  const [only = ''] = files?.count === 1 ? files.paths : [];
  const isOnly = only.includes(' ') && text.trimEnd().endsWith(` /${only}`);
  const words =
    json === null
      ? splitCopy(text, isOnly ? `/${only}` : null)
      : [...(json[1] ?? '').split(' '), ...listWords(json[2] ?? '')];
  const filled = words.filter((word) => word !== '');
  // Stages are not in the history.
  const flags = filled.filter((word) => word.startsWith('--') && !word.startsWith('--from='));
  const [target = '', ...reversed] = filled.filter((word) => !word.startsWith('--')).reverse();
  const sources = reversed.reverse();
  const absolute = posix.resolve('/', workingDir, target);
  const owner = ownerFlags(flags, name === 'COPY' ? files : null);
  const { guess } = owner;
  if (name === 'ADD' && sources.some((source) => /^(?:https?:|git@|git:)/.test(source))) {
    const line = copyLine(name, owner.flags, sources, target, escapeChar);
    return line === null ? 'layer' : { line, exported: null, source: null, isSource: true, guess };
  }
  const [source = ''] = sources;
  const isKept = sources.length === 1 && isPlainPath(source) && !(name === 'ADD' && isTar(source));
  const isFile = [absolute, posix.join(absolute, posix.basename(source))].includes(`/${only}`);
  if (absolute === '/' && !(isKept && isFile)) return 'layer';
  const exported = isKept && isFile ? only : absolute.slice(1);
  const line = isKept
    ? copyLine(name, owner.flags, sources, target, escapeChar)
    : copyLine('COPY', owner.flags, [exported], absolute, escapeChar);
  if (line === null) return 'layer';
  return { line, exported, source: isKept ? posix.normalize(source) : null, isSource: isKept, guess };
}

/** Whether a source is a path in the build context that a shell can rename a file to. */
function isPlainPath(source: string): boolean {
  return (
    /^[\w./ @%+,-]+$/.test(source) && !/^(?:-|\/)/.test(source) && !/(?:^|\/)\.{0,2}(?:\/|$)/.test(source)
  );
}

/** Whether ADD unpacks a file. */
function isTar(source: string): boolean {
  return /\.(?:tar|tar\.\w+|t[gx]z|tbz2?)$/.test(source);
}

/** Nothing quotes the words of a history. A layer with one file shows where the target starts. */
function splitCopy(text: string, target: string | null): readonly string[] {
  if (target === null) return text.split(' ');
  const [flags = ''] = /^(?:--\S+ +)*/.exec(text) ?? [];
  return [...flags.split(' '), text.slice(flags.length, text.trimEnd().length - target.length - 1), target];
}

function listWords(json: string): readonly string[] {
  try {
    const words: unknown = JSON.parse(json);
    return Array.isArray(words) ? words.map(String) : [];
  } catch {
    return [];
  }
}

/** Builders of before 2023 do not record the owner; the files of the layer have it. */
function ownerFlags(
  flags: readonly string[],
  files: LayerFiles | null,
): { readonly flags: readonly string[]; readonly guess: string | null } {
  const owner = files?.owner;
  const isRoot = owner === undefined || owner === null || (owner.uid === 0 && owner.gid === 0);
  if (isRoot || flags.some((flag) => flag.startsWith('--chown='))) return { flags, guess: null };
  const guess = 'The history does not record the owner; all files of the layer have this one.';
  return { flags: [`--chown=${owner.uid}:${owner.gid}`, ...flags], guess };
}

const FLAG = /^--(?:chown|chmod|checksum|exclude|from|keep-git-dir|link|parents|unpack)(?:=[\w@%+:,./=-]*)?$/;

function copyLine(
  name: string,
  flags: readonly string[],
  sources: readonly string[],
  target: string,
  escapeChar: string,
): string | null {
  const words = [...sources, target].map((word) => quoteListWord(word, escapeChar));
  if (target === '' || words.includes(null) || !flags.every((flag) => FLAG.test(flag))) return null;
  const isPlain = [...sources, target].every((word) => quoteWord(word, escapeChar) === word);
  const list = isPlain
    ? words.join(' ')
    : execList(
        words.flatMap((word) => word ?? []),
        escapeChar,
      );
  return [name, ...flags, list].join(' ');
}
