import { isLayersError, LayersError } from '@layers/errors';
import { parsePorts } from '../dockerfile/ports.js';
import { compileNameGlob, isPattern } from './name-glob.js';

/**
 * Returns the keys of `ExposedPorts` for a port or a range: `8080`, `53/udp`, `8000-8010/tcp`.
 *
 * @throws LayersError ERR_LAYERS_USAGE for any other text
 */
export function portKeys(port: string): readonly string[] {
  try {
    return parsePorts(port, 'option');
  } catch (error) {
    if (!isLayersError(error) || error.code !== 'ERR_LAYERS_DOCKERFILE') throw error;
    const message = `${JSON.stringify(port)} is not a port`;
    throw new LayersError('ERR_LAYERS_USAGE', message, { hint: error.hint, cause: error });
  }
}

/** Returns a key of `ExposedPorts` with its protocol, which old configs leave out. */
export function fullPort(key: string): string {
  return key.includes('/') ? key : `${key}/tcp`;
}

/**
 * Returns a test for the keys of `ExposedPorts` that a port, a range or a pattern selects. A pattern without a slash
 * matches any protocol.
 *
 * @throws LayersError ERR_LAYERS_USAGE for text that is neither a port nor a pattern
 */
export function portMatcher(word: string): (key: string) => boolean {
  if (!isPattern(word)) {
    const keys = new Set(portKeys(word));
    return (key) => keys.has(fullPort(key).toLowerCase());
  }
  const matches = compileNameGlob(word.includes('/') ? word : `${word}/*`);
  return (key) => matches(fullPort(key));
}
