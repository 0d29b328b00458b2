import { GROUPS } from './program.js';

const REGISTRY =
  'layers does not read or write registries: skopeo copy docker://IMAGE oci-archive:FILE writes an archive that it reads';
const CONTAINERS = 'layers does not run containers; layers --help lists what it does with images';

/** Commands of docker, podman, skopeo, crane, dive and umoci without an equivalent. */
const OTHERS: Readonly<Record<string, string>> = {
  ...hints(
    [
      'pull',
      'push',
      'image pull',
      'image push',
      'login',
      'logout',
      'search',
      'sync',
      'catalog',
      'list-tags',
      'auth',
    ],
    REGISTRY,
  ),
  ...hints(['digest', 'blob', 'rebase', 'manifest', 'index', 'inspect-raw'], REGISTRY),
  ...hints(
    [
      'ps',
      'run',
      'exec',
      'create',
      'start',
      'stop',
      'restart',
      'kill',
      'logs',
      'attach',
      'container',
      'compose',
    ],
    CONTAINERS,
  ),
  ...hints(
    ['network', 'volume', 'pod', 'top', 'stats', 'wait', 'pause', 'unpause', 'port', 'rename'],
    CONTAINERS,
  ),
  ...hints(
    ['copy', 'cp'],
    'layers repack IMAGE -o OUT copies between archives and layouts; layers load and layers save use the store',
  ),
  ...hints(
    ['build', 'buildx', 'image build', 'commit', 'init', 'new'],
    'layers does not build images; layers append adds files to one, layers config changes its config',
  ),
  ...hints(['info', 'system', 'version'], 'layers store path prints the store, layers --version the version'),
};

function hints(names: readonly string[], hint: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, hint]));
}

/** Returns a hint about the equivalent of another tool's command; undefined for unknown names. */
export function foreignCommandHint([first = '', second]: readonly string[]): string | undefined {
  const names = second === undefined ? [first] : [`${first} ${second}`, first];
  for (const name of names) {
    const record = GROUPS.flatMap(({ commands }) => commands).find(({ otherNames }) =>
      otherNames?.includes(name),
    );
    if (record !== undefined) return `layers ${record.name} does this: see layers ${record.name} --help`;
    if (Object.hasOwn(OTHERS, name)) return OTHERS[name];
  }
  return undefined;
}
