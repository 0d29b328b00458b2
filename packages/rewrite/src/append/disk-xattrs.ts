import { spawnSync } from 'node:child_process';
import { systemCode } from '@layers/core/io';

/** The extended attributes of one file, by name. */
export type Xattrs = ReadonlyMap<string, Uint8Array>;

/** The extended attributes of files on disk, or why they cannot be read. */
export interface DiskXattrs {
  /** By the path relative to the directory, in Latin-1; of a single file, by the empty path. */
  readonly byPath: ReadonlyMap<string, Xattrs>;
  /** Null where they were read. */
  readonly problem: string | null;
}

/** Attributes that belong to the file. Others belong to this machine, such as labels of SELinux. */
const PATTERN = String.raw`^(user\.|security\.capability$)`;
const OVERLAYS = /^user\.overlay\./;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Reads the extended attributes of all files below a directory with the program `getfattr`, because Node has no call for
 * them. Symlinks are not followed.
 */
export function readXattrsBelow(directory: string): DiskXattrs {
  const { output, problem } = run(['-R', '-P', '-h', '--', '.'], directory);
  const byPath = new Map<string, Xattrs>();
  for (const [path, xattrs] of parseDump(output)) {
    if (path.startsWith('./')) byPath.set(path.slice(2), xattrs);
  }
  return { byPath, problem };
}

/** Reads the extended attributes of a file, also through a symlink. */
export function readXattrsOf(file: string): DiskXattrs {
  const { output, problem } = run(['--', file]);
  const [first] = parseDump(output);
  return { byPath: new Map(first === undefined ? [] : [['', first[1]]]), problem };
}

function run(
  words: readonly string[],
  directory?: string,
): { readonly output: string; readonly problem: string | null } {
  const options = ['-d', '-m', PATTERN, '-e', 'hex', '--absolute-names'];
  const { error, stdout } = spawnSync('getfattr', [...options, ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: MAX_OUTPUT_BYTES,
    encoding: 'latin1',
    ...(directory === undefined ? {} : { cwd: directory }),
  });
  if (error === undefined) return { output: stdout, problem: null };
  const code = systemCode(error);
  const problem =
    code === 'ENOENT' ? 'the program getfattr is not installed' : `the program getfattr fails: ${code}`;
  return { output: '', problem };
}

/** Parses the output of `getfattr --dump --encoding=hex`, which escapes bytes of names and paths in octal. */
function* parseDump(output: string): Generator<[path: string, xattrs: Xattrs], void, undefined> {
  for (const block of output.split('\n\n')) {
    const [head = '', ...lines] = block.split('\n');
    if (!head.startsWith(HEAD)) continue;
    const xattrs = new Map<string, Uint8Array>();
    for (const line of lines) {
      const equals = line.indexOf('=');
      const name = unescaped(equals < 0 ? line : line.slice(0, equals));
      if (name === '' || OVERLAYS.test(name)) continue;
      xattrs.set(name, Buffer.from(equals < 0 ? '' : line.slice(equals + '=0x'.length), 'hex'));
    }
    if (xattrs.size > 0) yield [unescaped(head.slice(HEAD.length)), xattrs];
  }
}

const HEAD = '# file: ';

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
