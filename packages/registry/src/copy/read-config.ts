import type { Descriptor } from '@layers/core/oci';
import { LayersError } from '@layers/errors';

/** The limit of documents in `@layers/core`. */
const MAX_CONFIG_BYTES = 20 * 1024 * 1024;

/** Where configs are read. */
interface ConfigSource {
  blob(config: Descriptor): AsyncIterable<Uint8Array>;
}

/** Reads a config. Throws ERR_LAYERS_LIMIT, and the errors of reading. */
export async function readConfig(source: ConfigSource, config: Descriptor): Promise<Uint8Array> {
  if (config.size > MAX_CONFIG_BYTES) {
    throw new LayersError('ERR_LAYERS_LIMIT', `the config ${config.digest} has ${config.size} bytes`, {
      hint: 'it is not the config of an image',
    });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.blob(config)) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}
