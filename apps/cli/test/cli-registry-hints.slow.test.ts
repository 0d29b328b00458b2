import { gzipSync } from 'node:zlib';
import { digestOf, type TestRegistry } from '@layers/testing/registry';
import { buildTar } from '@layers/testing/tar-builder';
import { demo, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { useRegistries } from './support/registries.ts';

const store = useTestStore();
const start = useRegistries();

const OCI = 'application/vnd.oci.image';
const MANIFEST = `${OCI}.manifest.v1+json`;
const INDEX = `${OCI}.index.v1+json`;
const tar = buildTar([{ path: 'a', data: Buffer.from('hello') }]);
const config = (more: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
      ...more,
    }),
  );

/** What a registry has under a tag. */
interface Stored {
  readonly mediaType?: string;
  readonly document?: unknown;
  readonly bytes?: Buffer;
  readonly config?: Buffer;
  readonly layer?: Buffer;
  /** Blobs that the manifest names and the repository lacks. */
  readonly lacks?: 'config' | 'layer';
  readonly layerType?: string;
}

function add({ storage }: TestRegistry, stored: Stored): void {
  const { config: configBytes = config(), layer = tar, lacks, layerType = 'layer.v1.tar' } = stored;
  if (lacks !== 'config') storage.addBlob('app', configBytes);
  if (lacks !== 'layer') storage.addBlob('app', layer);
  const descriptor = (type: string, bytes: Buffer) => ({
    mediaType: `${OCI}.${type}`,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const document = stored.document ?? {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor('config.v1+json', configBytes),
    layers: [descriptor(layerType, layer)],
  };
  const bytes = stored.bytes ?? Buffer.from(JSON.stringify(document));
  storage.addManifest('app', '1', { mediaType: stored.mediaType ?? MANIFEST, bytes });
}

const ABSENT = { mediaType: MANIFEST, digest: digestOf(Buffer.from('absent')), size: 6 };
const KINDS: Readonly<Record<string, Stored>> = {
  'a manifest that is no JSON': { bytes: Buffer.from('{"schemaVersion":2,') },
  'a manifest of other fields': { document: { schemaVersion: 2, mediaType: MANIFEST, config: 7 } },
  'a manifest with an invalid digest': {
    document: { schemaVersion: 2, config: { mediaType: 'x', digest: 'sha256:1', size: 1 }, layers: [] },
  },
  'an index of other fields': { mediaType: INDEX, document: { schemaVersion: 2, manifests: [7] } },
  'an index without images': { mediaType: INDEX, document: { schemaVersion: 2, manifests: [] } },
  'an index with a missing manifest': {
    mediaType: INDEX,
    document: { schemaVersion: 2, manifests: [ABSENT] },
  },
  'a config that is no JSON': { config: Buffer.from('no') },
  'a config of other fields': { config: config({ rootfs: 7 }) },
  'a config without DiffIDs': { config: config({ rootfs: { type: 'layers', diff_ids: [] } }) },
  'a config with another DiffID': {
    config: config({ rootfs: { type: 'layers', diff_ids: [digestOf(Buffer.from('x'))] } }),
  },
  'no config': { lacks: 'config' },
  'no layer': { lacks: 'layer' },
  'a layer that is no tar': { layer: Buffer.from('x'.repeat(2000)) },
  'a layer that is cut': { layer: tar.subarray(0, 700) },
  'a layer of cut gzip': { layer: gzipSync(tar).subarray(0, 60), layerType: 'layer.v1.tar+gzip' },
};

const COMMANDS: readonly (readonly string[])[] = [
  ['inspect'],
  ['inspect', '--layers'],
  ['ls'],
  ['verify'],
  ['squash', '-o', 'OUT'],
  ['config', '--label', 'a=b', '-o', 'OUT'],
  ['extract', 'TREE'],
  ['copy', 'oci:OUT'],
  ['copy', 'docker://HOST/other:1'],
  ['pull'],
  ['diff', demo],
];

describe.each(Object.entries(KINDS))('an image in a registry with %s', (_, stored) => {
  it.each(COMMANDS)(
    'has an error that names it, and a hint about the registry: %s',
    async (command, ...rest) => {
      const registry = await start({ behaviour: { checkReferences: false } });
      add(registry, stored);
      const name = command === 'pull' ? `${registry.domain}/app:1` : `docker://${registry.domain}/app:1`;
      const more = rest.map((word) =>
        word
          .replace('OUT', store.at('out'))
          .replace('TREE', store.at('tree'))
          .replace('HOST', registry.domain),
      );
      const args =
        command === 'inspect' || command === 'squash' || command === 'config'
          ? [...more, name]
          : [name, ...more];
      const { status, stderr } = await store.layers([command ?? '', ...args]);
      expect(status === null ? 70 : status).toBeLessThan(70);
      expect(stderr).not.toMatch(/docker save|the archive (?:is|again)|download the archive|FILE/);
      const [error, hint] = [/^error: .*$/m.exec(stderr)?.[0], /^hint: .*$/m.exec(stderr)?.[0]];
      if (error === undefined) return;
      expect(error).toContain(registry.domain);
      expect(hint).toMatch(/registry|push|tag|layers (?:verify|inspect|copy|ls)|try again|--/);
    },
  );
});
