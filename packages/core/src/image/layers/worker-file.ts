import { fileURLToPath } from 'node:url';

/** Returns the path of the compiled worker. Tests run the sources directly, but threads need the built file. */
export function layerWorkerFile(): string {
  const path = import.meta.url.endsWith('.ts')
    ? '../../../dist/image/layers/layer-worker.js'
    : './layer-worker.js';
  return fileURLToPath(new URL(path, import.meta.url));
}
