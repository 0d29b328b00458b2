import { Kind, pathOf, ROOT, type Union } from '@layers/core/rootfs';
import { FileGroup } from '../file-group.js';

/** Files whose name says that they hold a secret. */
export interface SecretFiles {
  /** What they usually hold, as the object of a sentence. */
  readonly what: string;
  readonly layer: number;
  /** The layer that removed them; null where they are in the root file system. */
  readonly removedBy: number | null;
  readonly files: FileGroup;
}

const KEY = 'a private key';
const PASSWORDS = 'passwords';
const CLOUD = 'credentials of a cloud';

/** Names, and for those that many files have, the directory that they must be in. */
const NAMES: readonly (readonly [path: string, what: string])[] = [
  ['id_rsa', KEY],
  ['id_dsa', KEY],
  ['id_ecdsa', KEY],
  ['id_ed25519', KEY],
  ['.netrc', PASSWORDS],
  ['.pgpass', PASSWORDS],
  ['.git-credentials', PASSWORDS],
  ['.my.cnf', PASSWORDS],
  ['.aws/credentials', CLOUD],
  ['gcloud/application_default_credentials.json', CLOUD],
  ['.azure/accessTokens.json', CLOUD],
  ['.docker/config.json', 'credentials of registries'],
  ['.kube/config', 'credentials of clusters'],
];

const whatByName = new Map<string, (readonly [suffix: string, what: string])[]>();
for (const [path, what] of NAMES) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  whatByName.set(name, [...(whatByName.get(name) ?? []), [`/${path}`, what]]);
}

/** Directories of packages, whose tests and examples have such files. */
const OF_PACKAGES =
  /\/(?:node_modules|site-packages|dist-packages|vendor|testdata)\/|^\/usr\/(?:share|lib|src|local\/go)\//;

/**
 * Groups the files of all layers whose names say that they hold secrets, also those that later layers remove. Reads no
 * content.
 *
 * @param firstLayer files of lower layers are left out
 */
export function secretFiles(union: Union, firstLayer: number): SecretFiles[] {
  const { nodes, layers, waste } = union;
  const groups = new Map<string, SecretFiles>();
  const add = (layer: number, entry: number, removedBy: number | null): void => {
    const changeset = layers[layer];
    const size = changeset?.size[entry] ?? 0;
    if (changeset === undefined || layer < firstLayer || size === 0) return;
    const path = textOf(pathOf(changeset, entry));
    const name = path.slice(path.lastIndexOf('/') + 1);
    const [, what] = whatByName.get(name)?.find(([suffix]) => path.endsWith(suffix)) ?? [];
    if (what === undefined || OF_PACKAGES.test(path)) return;
    const key = `${what} ${layer} ${removedBy}`;
    const group = groups.get(key) ?? { what, layer, removedBy, files: new FileGroup() };
    groups.set(key, group);
    group.files.add(layer, entry, size);
  };
  for (let node = ROOT + 1; node < nodes.count; node++) {
    if (!nodes.isLive(node) || nodes.kindOf(node) !== Kind.file) continue;
    const name = nodes.nameOf(node);
    if (LENGTHS.has(name.length) && whatByName.has(textOf(name)))
      add(nodes.layerOf(node), nodes.entryOf(node), null);
  }
  for (let i = 0; i < waste.count; i++) {
    const { layer, entry, unreachableFrom } = waste.at(i);
    if (LENGTHS.has(layers[layer]?.nameLength[entry] ?? 0)) add(layer, entry, unreachableFrom);
  }
  return [...groups.values()];
}

/** Most names have another length, so that little is done for each of millions. */
const LENGTHS: ReadonlySet<number> = new Set([...whatByName.keys()].map(({ length }) => length));

function textOf(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1');
}
