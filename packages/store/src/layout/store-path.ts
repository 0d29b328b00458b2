import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Where the store of this user is: `LAYERS_STORE`, else `layers/store` in the folder that the platform keeps for data
 * (XDG base directories; Application Support; LOCALAPPDATA). Absolute. Reads no disk.
 *
 * @param platform in node's words
 */
export function storePath(
  env: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
): string {
  const own = env['LAYERS_STORE'];
  if (own !== undefined && own !== '') return resolve(own);
  return join(dataFolder(env, platform), 'layers', 'store');
}

function dataFolder(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  const home = env['HOME'] || homedir();
  if (platform === 'darwin') return resolve(home, 'Library', 'Application Support');
  if (platform === 'win32') return env['LOCALAPPDATA'] || resolve(home, 'AppData', 'Local');
  const data = env['XDG_DATA_HOME'];
  // The specification has relative ones ignored.
  return data !== undefined && isAbsolute(data) ? data : resolve(home, '.local', 'share');
}
