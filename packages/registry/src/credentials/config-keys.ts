const DOCKER_HUB = 'docker.io';

/** The names of Docker Hub in files with credentials. */
const DOCKER_HUB_HOSTS: ReadonlySet<string> = new Set([
  DOCKER_HUB,
  'index.docker.io',
  'registry-1.docker.io',
]);

/** What a key of `auths` or `credHelpers` stands for. */
interface ConfigKey {
  readonly host: string;
  /** The namespace or repository in the registry; '' for all of it. */
  readonly path: string;
}

/** Returns docker's key for a registry, which is also the server that credential helpers are asked for. */
export function serverOf(domain: string): string {
  return canonicalHost(domain) === DOCKER_HUB ? 'https://index.docker.io/v1/' : domain;
}

/**
 * Returns the keys that stand for a repository or for a namespace or registry that contains it. The longest path is
 * first, and docker's own spelling before others.
 */
export function matchingKeys(keys: Iterable<string>, domain: string, path: string): readonly string[] {
  const host = canonicalHost(domain);
  const matches: { readonly key: string; readonly length: number; readonly isExact: boolean }[] = [];
  for (const key of keys) {
    const parsed = parseKey(key);
    if (parsed.host !== host) continue;
    if (parsed.path !== '' && parsed.path !== path && !path.startsWith(`${parsed.path}/`)) continue;
    const isExact = key === domain || key === serverOf(domain);
    matches.push({ key, length: parsed.path.length, isExact });
  }
  matches.sort((a, b) => b.length - a.length || Number(b.isExact) - Number(a.isExact));
  return matches.map(({ key }) => key);
}

/** Old versions of docker wrote URLs of the API, with or without a scheme. Their path is no namespace. */
function parseKey(key: string): ConfigKey {
  const withoutScheme = key.replace(/^https?:\/\//i, '');
  const isUrl = withoutScheme !== key;
  const slash = withoutScheme.indexOf('/');
  const host = canonicalHost(slash < 0 ? withoutScheme : withoutScheme.slice(0, slash));
  const path = slash < 0 ? '' : withoutScheme.slice(slash + 1).replace(/\/+$/, '');
  return { host, path: isUrl || /^v[12]$/.test(path) ? '' : path };
}

function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  return DOCKER_HUB_HOSTS.has(lower) ? DOCKER_HUB : lower;
}
