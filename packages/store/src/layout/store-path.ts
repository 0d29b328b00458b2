import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Returns the absolute path of this user's store: `LAYERS_STORE`, else `layers/store` in the platform's directory for user data
 * (XDG base directories; Application Support; LOCALAPPDATA). Does not access the disk.
 *
 * @param env the environment variables, such as `process.env`
 * @param platform an operating system, as `process.platform` names it
 */
export function storePath(
  env: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
): string {
  const configured = env['LAYERS_STORE'];
  if (configured !== undefined && configured !== '') return resolve(configured);
  return join(dataDirectory(env, platform), 'layers', 'store');
}

function dataDirectory(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  const home = env['HOME'] || homedir();
  if (platform === 'darwin') return resolve(home, 'Library', 'Application Support');
  if (platform === 'win32') return env['LOCALAPPDATA'] || resolve(home, 'AppData', 'Local');
  const data = env['XDG_DATA_HOME'];
  // The XDG specification says to ignore a relative path.
  return data !== undefined && isAbsolute(data) ? data : resolve(home, '.local', 'share');
}
