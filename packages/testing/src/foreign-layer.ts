import { digestOf, type Storage } from './registry/api/storage.ts';
import { buildTar } from './tar-builder.ts';

const OCI = 'application/vnd.oci.image';

/** Where the descriptor of a foreign layer says that it is. */
export const FOREIGN_URL = 'http://127.0.0.1:1/foreign';

/** An image whose upper layer is not distributable. */
export interface ForeignImage {
  /** Digests of the manifest and of the layer. */
  readonly manifest: string;
  readonly layer: string;
  /** The bytes of the layer. */
  readonly bytes: Uint8Array;
}

/**
 * Adds an image of two layers to the storage of a registry, under the tag `1`. The upper layer is not distributable (OCI
 * layer.md).
 *
 * @param url where its descriptor says that the layer is
 */
export function addForeign(
  storage: Storage,
  repository: string,
  { hasBlob, url = FOREIGN_URL }: { readonly hasBlob: boolean; readonly url?: string },
): ForeignImage {
  const [lower, upper] = ['a', 'foreign'].map((path) => buildTar([{ path, data: Buffer.from('hello') }]));
  if (lower === undefined || upper === undefined) throw new Error('two layers are made');
  const config = json({
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: { type: 'layers', diff_ids: [digestOf(lower), digestOf(upper)] },
    history: [{}, {}],
  });
  for (const blob of [config, lower, ...(hasBlob ? [upper] : [])]) storage.addBlob(repository, blob);
  const described = (type: string, bytes: Uint8Array) => ({
    mediaType: `${OCI}.${type}`,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const mediaType = `${OCI}.manifest.v1+json`;
  const bytes = json({
    schemaVersion: 2,
    mediaType,
    config: described('config.v1+json', config),
    layers: [
      described('layer.v1.tar', lower),
      { ...described('layer.nondistributable.v1.tar', upper), urls: [url] },
    ],
  });
  const manifest = storage.addManifest(repository, '1', { mediaType, bytes });
  return { manifest, layer: digestOf(upper), bytes: upper };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
