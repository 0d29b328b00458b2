import type { ReadImage } from '../image/read-image.js';
import { parseJson } from '../oci/json.js';

/** An image's config as it stands; of an image from before configs what its layers' documents say in its place. */
export function configDocument({ description }: ReadImage): unknown {
  const { configBytes, configName, config } = description;
  if (configBytes !== null) return parseJson(configBytes, configName ?? 'config');
  const { created, author, os, architecture, variant } = config;
  return { created, author, os, architecture, variant, config: config.config };
}
