import { isIP } from 'node:net';
import { dockerfileError, type TextOrigin } from './dockerfile-error.js';

const HINT = 'write a port from 1 to 65535, or a range, such as 8080, 53/udp or 8000-8010/tcp';

/**
 * Parses a word of EXPOSE: `80`, `53/udp`, `8000-8010`. Returns keys of a config's `ExposedPorts`, such as `80/tcp`.
 *
 * As Docker does, an instruction may name an address and a host port as `docker run -p` does, which are ignored, and port
 * 0. In an option each of these is an error, since it would do nothing.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function parsePorts(word: string, origin: TextOrigin = 'instruction'): readonly string[] {
  if (origin === 'option' && !/^[0-9]{1,5}(?:-[0-9]{1,5})?(?:\/[a-z]+)?$/i.test(word)) {
    throw dockerfileError('not a port', HINT);
  }
  const parts = word.split(':');
  const last = parts.at(-1) ?? '';
  const host = parts.at(-2) ?? '';
  const address = parts
    .slice(0, -2)
    .join(':')
    .replace(/^\[(.*)\]$/, '$1');
  const [container = '', protocol = ''] = last.split('/');
  if (address !== '' && isIP(address) === 0) throw dockerfileError(`Invalid ip address: ${address}`, HINT);
  if (container === '') throw dockerfileError(`No port specified: ${word}<empty>`, HINT);
  const range = parseRange(container);
  if (range === undefined || (origin === 'option' && range[0] === 0)) {
    throw dockerfileError(`Invalid containerPort: ${container}`, HINT);
  }
  const [first, end] = range;
  if (host !== '') {
    const hostRange = parseRange(host);
    if (hostRange === undefined) throw dockerfileError(`Invalid hostPort: ${host}`, HINT);
    if (first !== end && hostRange[1] - hostRange[0] !== end - first) {
      throw dockerfileError(
        `Invalid ranges specified for container and host Ports: ${container} and ${host}`,
        HINT,
      );
    }
  }
  const name = protocol === '' ? 'tcp' : protocol.toLowerCase();
  if (!/^(?:tcp|udp|sctp)$/.test(name)) throw dockerfileError(`Invalid proto: ${protocol}`, HINT);
  return Array.from({ length: end - first + 1 }, (_, i) => `${first + i}/${name}`);
}

function parseRange(text: string): readonly [first: number, last: number] | undefined {
  const [first = '', last = first] = text.split('-');
  const [from, to] = [parsePort(first), parsePort(last)];
  return from === undefined || to === undefined || to < from ? undefined : [from, to];
}

function parsePort(text: string): number | undefined {
  const port = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}
