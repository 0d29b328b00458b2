import { analyse, inspectDocument, verifyArchive } from '@layers/core/analysis';
import { openArchive, readImage, selectImage } from '@layers/core/image';
import { isLayersError } from '@layers/errors';
import { sha256 } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { answerOf, expectClean, pipe } from './support/answer.ts';

const scratch = useScratch();

/** Clears the screen, sets the title, reverses text, hides characters, ends a line, and starts a one-byte escape. */
const EVIL = '\u001b[2J\u001b]0;x\u0007\u202ea\u2066b\u200b\r\n\u009b31m\u0085\ufeff\u2028';
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const digest = (bytes: Uint8Array): string => `sha256:${sha256(bytes)}`;

const config = (fields: object = {}): Buffer =>
  json({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] }, ...fields });
const docker = (entry: object, files: readonly EntrySpec[]): Buffer =>
  buildTar([{ path: 'manifest.json', data: json([entry]) }, ...files]);

function oci(descriptor: object, manifest: object, blobs: readonly Uint8Array[] = []): Buffer {
  const bytes = json({ schemaVersion: 2, ...manifest });
  const first = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digest(bytes),
    size: bytes.length,
  };
  return buildTar([
    { path: 'index.json', data: json({ schemaVersion: 2, manifests: [{ ...first, ...descriptor }] }) },
    ...[bytes, ...blobs].map((data) => ({ path: `blobs/sha256/${sha256(data)}`, data })),
  ]);
}

const CONFIG = config();
const configOf = {
  mediaType: 'application/vnd.oci.image.config.v1+json',
  digest: digest(CONFIG),
  size: CONFIG.length,
};
const layer = buildTar([
  { path: `${EVIL}/a`, data: Buffer.from(EVIL) },
  { path: EVIL, type: 'symlink', linkpath: EVIL },
  { path: `../${EVIL}`, data: Buffer.from('x') },
  { path: `.wh.${EVIL}`, data: Buffer.from('') },
  { path: `.wh.${EVIL}/${EVIL}` },
  { path: 'l', type: 'link', linkpath: EVIL },
  { path: 'u', type: 'unknown' },
]);

const ARCHIVES: Readonly<Record<string, Buffer>> = {
  'the name of a missing config': docker({ Config: EVIL, Layers: [] }, []),
  'the name of a config that is not JSON': docker({ Config: EVIL, Layers: [] }, [
    { path: EVIL, data: Buffer.from('{') },
  ]),
  'the name of a config of the wrong shape': docker({ Config: EVIL, Layers: [] }, [
    { path: EVIL, data: json({ rootfs: { type: EVIL } }) },
  ]),
  'the name of a config that is a link': docker({ Config: EVIL, Layers: [] }, [
    { type: 'symlink', path: EVIL, linkpath: EVIL },
  ]),
  'the name of a file that occurs twice': docker({ Config: EVIL, Layers: [] }, [
    { path: EVIL, data: CONFIG },
    { path: EVIL, data: CONFIG },
  ]),
  'the names of layers': docker({ Config: 'c', RepoTags: [EVIL, 'x:1'], Layers: [EVIL, `${EVIL}2`] }, [
    { path: 'c', data: CONFIG },
    { path: EVIL, data: layer },
  ]),
  'a layer with a problem': docker({ Config: 'c', Layers: [EVIL] }, [
    { path: 'c', data: config({ rootfs: { type: 'layers', diff_ids: [digest(layer)] } }) },
    { path: EVIL, data: layer.subarray(0, 700) },
  ]),
  'keys and values of manifest.json': docker({ [EVIL]: EVIL, Config: [EVIL] }, []),
  'keys of LayerSources': docker({ Config: 'c', Layers: [], LayerSources: { [EVIL]: { digest: EVIL } } }, []),
  'the platform': docker({ Config: 'c', Layers: [] }, [
    { path: 'c', data: config({ os: EVIL, architecture: EVIL, variant: EVIL }) },
  ]),
  'instructions, authors and comments': docker({ Config: 'c', Layers: [] }, [
    {
      path: 'c',
      data: config({ author: EVIL, history: [{ created_by: EVIL, comment: EVIL, created: EVIL }] }),
    },
  ]),
  'tags in repositories': buildTar([{ path: 'repositories', data: json({ [EVIL]: { [EVIL]: EVIL } }) }]),
  'a wrong value in repositories': buildTar([
    { path: 'repositories', data: json({ [EVIL]: { [EVIL]: 1 } }) },
  ]),
  'media types of descriptors': oci({ mediaType: EVIL }, { mediaType: EVIL, config: configOf, layers: [] }, [
    CONFIG,
  ]),
  'media types of layers': oci(
    {},
    { config: configOf, layers: [{ mediaType: EVIL, digest: digest(layer), size: 1 }] },
    [CONFIG, layer],
  ),
  'digests of descriptors': oci({ digest: `sha256:${EVIL}` }, { config: configOf, layers: [] }),
  'digests of an unknown algorithm': oci({ digest: 'x:y' }, { config: configOf, layers: [] }),
  'platforms of missing descriptors': oci(
    { digest: digest(layer), platform: { os: EVIL, architecture: EVIL, variant: EVIL } },
    { config: configOf, layers: [] },
  ),
  'annotations of descriptors': oci(
    {
      annotations: {
        'org.opencontainers.image.ref.name': EVIL,
        'io.containerd.image.name': EVIL,
        [EVIL]: EVIL,
      },
    },
    { config: configOf, layers: [] },
    [CONFIG],
  ),
  'file names alone': buildTar([{ path: EVIL, data: Buffer.from(EVIL) }]),
};

describe('control and bidi characters', () => {
  test.each(Object.entries(ARCHIVES))(
    '%s: no message contains them; a file and a pipe give the same result',
    async (_, bytes) => {
      const path = scratch.file(bytes, 'evil');
      const fromFile = await answerOf(() => ({ path }));
      expect(await answerOf(() => pipe(bytes, bytes.length))).toEqual(fromFile);
    },
  );

  test('arguments of the user are escaped, too', async () => {
    const bytes = ARCHIVES['the platform'] ?? Buffer.alloc(0);
    const path = scratch.file(bytes);
    const archive = await openArchive({ path });
    for (const query of [{ image: EVIL }, { platform: EVIL }, { platform: 'linux/s390x' }]) {
      try {
        selectImage(archive, query);
        expect.unreachable();
      } catch (error) {
        if (!isLayersError(error)) throw error;
        expectClean(error);
      }
    }
  });

  test('a missing path that contains them', async () => {
    const path = scratch.file(Buffer.alloc(0), 'x');
    await expect(openArchive({ path: `${path}${EVIL}` })).rejects.toSatisfy((error) => {
      if (!isLayersError(error)) throw error;
      expectClean(error);
      return true;
    });
  });

  test('the list of images in an ambiguous archive', async () => {
    const entries = [EVIL, `${EVIL}2`].map((tag) => ({ Config: 'c', RepoTags: [tag], Layers: [] }));
    const bytes = buildTar([
      { path: 'manifest.json', data: json([...entries, { Config: 'd', RepoTags: [EVIL], Layers: [] }]) },
      { path: 'c', data: CONFIG },
      { path: 'd', data: config({ author: 'other' }) },
    ]);
    await expect(verifyArchive({ path: scratch.file(bytes) })).rejects.toSatisfy((error) => {
      if (!isLayersError(error)) throw error;
      expect(error.code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
      expectClean(error);
      return true;
    });
  });

  test('findings of a layer name paths, and their messages are escaped', async () => {
    const bytes = ARCHIVES['the names of layers'] ?? Buffer.alloc(0);
    const archive = await openArchive({ path: scratch.file(bytes) });
    const image = await readImage(archive, selectImage(archive), { threads: 0 });
    const { findings } = inspectDocument(analyse(image), { top: 0 });
    expect(findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['layer-missing', 'name-climbs-out', 'whiteout-of-nothing', 'unknown-type']),
    );
    for (const { message } of findings) expectClean({ message, hint: undefined });
  });
});
