import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { shellWord } from '../output/shell-word.js';

/** Where the command runs. */
export interface Installation {
  /** The file that runs. Links are resolved. */
  readonly file: string;
  /** The executable of Node. */
  readonly node: string;
  /** The working directory. */
  readonly cwd: string;
  readonly version: string;
}

/** Returns the command that installs `@layers/fleet` where the command finds it, in its own version. */
export function fleetInstallLine(installation: Installation): string {
  return installLine(installation, '');
}

/** Returns the command that installs also what `@layers/fleet` needs for a queue. */
export function queueInstallLine(installation: Installation): string {
  return installLine(installation, ' bullmq@6 ioredis@5');
}

/** @param more packages beside `@layers/fleet`, with a space before each */
function installLine({ file, node, cwd, version }: Installation, more: string): string {
  const fleet = `@layers/fleet@${version}${more}`;
  const modules = `${sep}node_modules${sep}`;
  const end = file.lastIndexOf(`${modules}layers-cli${sep}`);
  // A folder of npx does not last. Debian's package and an executable have no folder for other packages.
  if (end === -1 || file.includes(`${sep}_npx${sep}`))
    return `npm install --global layers-cli@${version} ${fleet}`;
  const start = file.indexOf(`${modules}.pnpm${sep}`);
  if (start !== -1) return `pnpm --dir ${shellWord(file.slice(0, start))} add ${fleet}`;
  const folder = file.slice(0, end);
  if (existsSync(join(folder, 'yarn.lock'))) return `yarn --cwd ${shellWord(folder)} add ${fleet}`;
  if (existsSync(join(folder, 'package.json')))
    return isBelow(cwd, folder)
      ? `npm install ${fleet}`
      : `npm install --prefix ${shellWord(folder)} ${fleet}`;
  // Windows has no `lib` in the prefix, and Node's executable stands in it.
  const [prefix, usual] = sep === '\\' ? [folder, dirname(node)] : [dirname(folder), dirname(dirname(node))];
  const where = prefix === usual ? '' : `--prefix ${shellWord(prefix)} `;
  return `npm install --global ${where}${fleet}`;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}
