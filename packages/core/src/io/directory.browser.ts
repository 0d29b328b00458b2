import type { openPath as openNodePath } from './directory.js';
import { noPaths } from './no-paths.js';

export function openPath(path: string): ReturnType<typeof openNodePath> {
  throw noPaths(path);
}
