import { BlockList, isIP } from 'node:net';

/**
 * Returns whether NO_PROXY excludes a server. Follows the rules of Go, which docker and podman have: names match their
 * subdomains too; a leading dot or `*.` leaves the name itself out; addresses, ranges such as `10.0.0.0/8`, ports and `*`
 * work.
 *
 * @param hostname in lower case, an IPv6 address without brackets
 */
export function isExcluded(noProxy: string, hostname: string, port: number): boolean {
  return noProxy.split(',').some((text) => {
    const entry = text.trim().toLowerCase();
    return entry === '*' || (entry !== '' && entryMatches(entry, hostname, port));
  });
}

function entryMatches(entry: string, hostname: string, port: number): boolean {
  const range = /^([0-9a-f:.]+)\/([0-9]{1,3})$/.exec(entry);
  if (range !== null) return inRange(hostname, range[1] ?? '', Number(range[2]));
  const { name, entryPort } = splitPort(entry);
  if (entryPort !== null && entryPort !== port) return false;
  if (isIP(name) !== 0) return isIP(hostname) !== 0 && inRange(hostname, name, isIP(name) === 4 ? 32 : 128);
  const domain = name.startsWith('*.') ? name.slice(1) : name;
  if (domain === '') return false;
  return domain.startsWith('.')
    ? hostname.endsWith(domain)
    : hostname === domain || hostname.endsWith(`.${domain}`);
}

function splitPort(entry: string): { readonly name: string; readonly entryPort: number | null } {
  const bracketed = /^\[([^\]]*)\](?::([0-9]+))?$/.exec(entry);
  const parts = bracketed ?? (isIP(entry) === 0 ? /^([^:]*):([0-9]+)$/.exec(entry) : null);
  if (parts === null) return { name: entry, entryPort: null };
  return { name: parts[1] ?? '', entryPort: parts[2] === undefined ? null : Number(parts[2]) };
}

function inRange(hostname: string, network: string, bits: number): boolean {
  const [family, networkFamily] = [isIP(hostname), isIP(network)];
  if (family === 0 || networkFamily === 0 || bits > (networkFamily === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, networkFamily === 4 ? 'ipv4' : 'ipv6');
  return list.check(hostname, family === 4 ? 'ipv4' : 'ipv6');
}
