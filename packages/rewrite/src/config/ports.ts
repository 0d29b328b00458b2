import { LayersError } from '@layers/errors';
import { compileNameGlob, isPattern } from './name-glob.js';

const PORT = /^([0-9]{1,5})(?:-([0-9]{1,5}))?(?:\/(tcp|udp|sctp))?$/i;

/**
 * The keys of `ExposedPorts` that `8080`, `53/udp` or `8000-8010/tcp` stands for.
 *
 * @throws LayersError ERR_LAYERS_USAGE for what is no port
 */
export function portKeys(port: string): string[] {
  const match = PORT.exec(port);
  const first = Number(match?.[1] ?? 0);
  const last = Number(match?.[2] ?? first);
  if (match === null || first < 1 || last > 65_535 || last < first) {
    throw new LayersError('ERR_LAYERS_USAGE', `${JSON.stringify(port)} is not a port`, {
      hint: 'write a number from 1 to 65535, or a range, such as 8080, 53/udp or 8000-8010/tcp',
    });
  }
  const protocol = (match[3] ?? 'tcp').toLowerCase();
  return Array.from({ length: last - first + 1 }, (_, i) => `${first + i}/${protocol}`);
}

/** A key of `ExposedPorts` with its protocol, which old configs leave out. */
export function fullPort(key: string): string {
  return key.includes('/') ? key : `${key}/tcp`;
}

/**
 * Whether a key of `ExposedPorts` is one that a word names: a port, a range, or a pattern. A pattern without a slash
 * is for any protocol.
 *
 * @throws LayersError ERR_LAYERS_USAGE for what is neither port nor pattern
 */
export function portMatcher(word: string): (key: string) => boolean {
  if (!isPattern(word)) {
    const keys = new Set(portKeys(word));
    return (key) => keys.has(fullPort(key).toLowerCase());
  }
  const matches = compileNameGlob(word.includes('/') ? word : `${word}/*`);
  return (key) => matches(fullPort(key));
}
