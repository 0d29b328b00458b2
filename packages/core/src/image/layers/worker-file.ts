import { fileURLToPath } from 'node:url';

/** The compiled worker; where sources are run directly, as tests do, threads still need what was built from them. */
export function layerWorkerFile(): string {
  const beside = import.meta.url.endsWith('.ts')
    ? '../../../dist/image/layers/layer-worker.js'
    : './layer-worker.js';
  return fileURLToPath(new URL(beside, import.meta.url));
}
