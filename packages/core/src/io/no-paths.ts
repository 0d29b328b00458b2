import { LayersError } from '@layers/errors';

/** Returns the error for a path where there is no file system, such as in a browser. */
export function noPaths(path: string): LayersError {
  return new LayersError('ERR_LAYERS_READ', `cannot read ${path}: a browser opens no paths`, {
    archive: path,
    hint: 'pass a source of bytes, a directory or a stream',
  });
}
