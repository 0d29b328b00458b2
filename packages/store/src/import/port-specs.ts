import { isIP } from 'node:net';
import { dockerfileError } from './dockerfile-error.js';

const HINT = 'write a port, or a range, such as 8080, 53/udp or 8000-8010/tcp';

/**
 * The ports of a container that a word of EXPOSE names, as keys of `ExposedPorts`: `80`, `53/udp`, `8000-8010`; also
 * as `docker run -p` has them, of which only the container's part counts.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function portsOf(word: string): readonly string[] {
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
  const range = rangeOf(container);
  if (range === undefined) throw dockerfileError(`Invalid containerPort: ${container}`, HINT);
  const [first, end] = range;
  if (host !== '') {
    const hostRange = rangeOf(host);
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

function rangeOf(text: string): readonly [first: number, last: number] | undefined {
  const [first = '', last = first] = text.split('-');
  const [from, to] = [portOf(first), portOf(last)];
  return from === undefined || to === undefined || to < from ? undefined : [from, to];
}

function portOf(text: string): number | undefined {
  const port = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}
