import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { imagesFolder } from '@layers/testing/real-archives';

const answers = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

export type Pair = readonly [string, string];

const SIGNS: Readonly<Record<string, number>> = { '<': -1, '=': 0, '>': 1 };

const signs = (output: string): (number | undefined)[] =>
  output
    .trimEnd()
    .split('\n')
    .map((line) => SIGNS[line]);

/** What dpkg says of each pair; pairs hold no white space. */
export function askDpkg(pairs: readonly Pair[]): (number | undefined)[] {
  const script =
    'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo "<"; ' +
    'elif dpkg --compare-versions "$a" gt "$b"; then echo ">"; else echo "="; fi; done';
  return signs(run('sh', ['-c', script], pairs));
}

/** What rpm says of each pair, by its own interpreter of Lua. */
export function askRpm(pairs: readonly Pair[]): (number | undefined)[] {
  const lua =
    'for line in io.lines("/dev/stdin") do local a, b = line:match("(%S+) (%S+)") ' +
    'local order = rpm.vercmp(a, b) print((order < 0 and "<" or order > 0 and ">" or "=") .. string.char(10)) end';
  // rpm opens its input anew, which only a pipe allows.
  return signs(run('sh', ['-c', 'cat | rpm --eval "$1"', 'sh', `%{lua:${lua}}`], pairs));
}

/** What apk says of each pair. */
export function askApk(command: readonly string[], pairs: readonly Pair[]): (number | undefined)[] {
  const script = 'while read -r a b; do "$@" version -t "$a" "$b"; done';
  return signs(run('sh', ['-c', script, 'sh', ...command], pairs));
}

function run(command: string, args: readonly string[], pairs: readonly Pair[]): string {
  return execFileSync(command, args, {
    input: pairs.map((pair) => `${pair.join(' ')}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

/** A command that runs apk, and the root of the system that it belongs to. */
export interface FoundApk {
  readonly command: readonly string[];
  readonly root: string;
}

/** This system's apk, or the one in a real image of Alpine, unpacked into a directory; undefined where there is none. */
export function findApk(directory: string): FoundApk | undefined {
  if (answers('apk')) return { command: ['apk'], root: '/' };
  if (imagesFolder === undefined || process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const archive = join(imagesFolder, 'containerd-alpine-3.14.tar');
  const layer = 'blobs/sha256/d261077062b2aebb9ca8dc61f2b00e7e2b4e44179d3cfbe526c4ee0c5e41b26f';
  const script = 'tar -xOf "$1" "$2" | tar -xz -C "$3" --exclude=dev';
  spawnSync('sh', ['-c', script, 'sh', archive, layer, directory]);
  const loader = join(directory, 'lib/ld-musl-x86_64.so.1');
  if (!existsSync(loader)) return undefined;
  return {
    command: [loader, '--library-path', join(directory, 'lib'), join(directory, 'sbin/apk')],
    root: directory,
  };
}
