import { fileURLToPath } from 'node:url';
import { LayerCache } from '../image/cache/layer-cache.js';
import { fileSource } from '../io/file-source.js';

/** Opens the cache in a directory; returns undefined where it can be neither read nor written. */
export function openCache(directory: string): LayerCache | undefined {
  return LayerCache.open({ directory, version: `core ${versionOfPackage()}` }) ?? undefined;
}

function versionOfPackage(): string {
  const source = fileSource(fileURLToPath(new URL('../../package.json', import.meta.url)));
  const bytes = new Uint8Array(source.size);
  source.read(bytes, 0);
  const { version }: { readonly version?: unknown } = JSON.parse(Buffer.from(bytes).toString());
  return String(version);
}
