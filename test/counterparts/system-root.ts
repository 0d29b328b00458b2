import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTerminal, type PtyProgram } from '@layers/testing/pty';
import { attempt, type Outcome } from './processes.ts';

/** A root file system, in which programs run as on a system of its own. */
export interface SystemRoot {
  readonly folder: string;
  run(command: readonly string[]): Promise<Outcome>;
  onTerminal(command: readonly string[]): PtyProgram;
  /** All paths, sorted, without those below directories where programs keep what is their own. */
  paths(): string[];
}

/** The directory of the root where the tests work. */
export const WORK = '/w';
const SETTINGS = ['PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', 'HOME=/root', 'LANG=C.UTF-8'];
/** The mounts are gone with the last process of their namespace. */
const ENTER = `
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
exec chroot "$@"`;
/** What users and package managers have of their own. */
const NOT_COMPARED = new Set([
  ...['proc', 'dev', 'sys', 'run', 'tmp', 'root', WORK.slice(1)],
  ...['var/lib/apt', 'var/cache', 'var/log'],
]);

export function systemRoot(folder: string, settings: readonly string[] = []): SystemRoot {
  const enter = (command: readonly string[]): readonly string[] => [
    ...['--mount', '--pid', '--fork', '--kill-child', 'sh', '-e', '-c', ENTER, 'sh', folder],
    ...['/usr/bin/env', '-i', ...SETTINGS, `TERM=xterm-256color`, ...settings],
    ...['sh', '-c', `cd ${WORK} && exec "$@"`, 'sh', ...command],
  ];
  return {
    folder,
    run: (command) => attempt('unshare', enter(command)),
    onTerminal: (command) => onTerminal('unshare', enter(command)),
    paths() {
      const below = (path: string): string[] =>
        readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
          const own = path === '' ? entry.name : `${path}/${entry.name}`;
          if (NOT_COMPARED.has(own)) return [];
          return entry.isDirectory() ? [own, ...below(own)] : [own];
        });
      return below('').sort();
    },
  };
}
