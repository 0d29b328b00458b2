import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import { needsThat } from '@layers/testing/needs';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import { extract } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest/digester.ts';
import { tagsOfDescriptor } from '../../src/oci/annotations.ts';
import { isAttestation, isImageManifest } from '../../src/oci/attestation.ts';
import { chainIds } from '../../src/oci/chain-id.ts';
import { parseConfig, platformOfImage } from '../../src/oci/config.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { parseDockerManifest } from '../../src/oci/docker-manifest.ts';
import { joinHistory } from '../../src/oci/history.ts';
import { parseIndex } from '../../src/oci/index-document.ts';
import { parseJson } from '../../src/oci/json.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { isIndex, isManifest } from '../../src/oci/media-types.ts';
import { formatPlatform } from '../../src/oci/platform.ts';
import { parseRepositories } from '../../src/oci/repositories.ts';
import { chainOfV1, parseV1Image } from '../../src/oci/v1-json.ts';

type Documents = ReadonlyMap<string, Buffer>;
const SMALL = 1 << 20;
const directory = imagesFolder ?? '';

async function documentsOfArchive(name: string): Promise<Documents> {
  const bytes = readFileSync(join(directory, name));
  const documents = new Map<string, Buffer>();
  const reader = extract();
  reader.on('entry', (header, stream, next) => {
    const pieces: Uint8Array[] = [];
    stream.on('data', (piece: unknown) => {
      if ((header.size ?? 0) <= SMALL && piece instanceof Uint8Array) pieces.push(piece);
    });
    stream.on('end', () => {
      const content = Buffer.concat(pieces);
      if (content[0] === 0x7b || content[0] === 0x5b || content[0] === 0x6e)
        documents.set(header.name, content);
      next();
    });
  });
  await pipeline(Readable.from([name.endsWith('.gz') ? gunzipSync(bytes) : bytes]), reader);
  return documents;
}

function documentsOfLayout(path: string): Documents {
  const documents = new Map<string, Buffer>();
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    const file = join(path, name);
    if (!statSync(file).isFile() || statSync(file).size > SMALL) continue;
    const content = readFileSync(file);
    if (content[0] === 0x7b) documents.set(name, content);
  }
  return documents;
}

function json(documents: Documents, file: string): unknown {
  const bytes = documents.get(file);
  if (bytes === undefined) throw new Error(`no ${file}`);
  return parseJson(bytes, file);
}

const blob = ({ digest }: Descriptor) => `blobs/${digest.replace(':', '/')}`;

/** Reads all documents of an archive and checks that they agree. */
function summarize(documents: Documents, intact = true) {
  const images: { layers: number; platform: string; mismatch: boolean }[] = [];
  const tags: string[] = [];
  let attestations = 0;

  const image = (file: string, layerCount: number) => {
    const config = parseConfig(json(documents, file), file);
    expect(config.diffIds).toHaveLength(layerCount);
    const ids = chainIds(config.diffIds);
    expect(new Set(ids).size).toBe(layerCount);
    const platform = platformOfImage(config);
    images.push({
      layers: layerCount,
      platform: platform === undefined ? '' : formatPlatform(platform),
      mismatch: joinHistory(config.history, layerCount).mismatch,
    });
  };

  const walk = (descriptor: Descriptor) => {
    const file = blob(descriptor);
    const bytes = documents.get(file);
    if (bytes === undefined) throw new Error(`no ${file}`);
    expect(bytes.length === descriptor.size && digestOf(bytes) === descriptor.digest, file).toBe(intact);
    tags.push(...tagsOfDescriptor(descriptor));
    if (isIndex(descriptor.mediaType)) parseIndex(json(documents, file), file).manifests.forEach(walk);
    else {
      expect(isManifest(descriptor.mediaType)).toBe(true);
      const manifest = parseManifest(json(documents, file), file);
      expect(isImageManifest(manifest)).toBe(!isAttestation(descriptor));
      if (isAttestation(descriptor)) attestations++;
      else image(blob(manifest.config), manifest.layers.length);
    }
  };

  if (documents.has('index.json'))
    parseIndex(json(documents, 'index.json'), 'index.json').manifests.forEach(walk);
  const docker = documents.has('manifest.json')
    ? parseDockerManifest(json(documents, 'manifest.json'), 'manifest.json')
    : [];
  if (images.length === 0) {
    for (const entry of docker) {
      tags.push(...entry.repoTags);
      image(entry.configPath, entry.layerPaths.length);
    }
  } else if (docker.length > 0) expect(docker.flatMap((entry) => entry.repoTags)).toEqual(tags);
  return { images, tags, attestations };
}

const one = (layers: number, platform = 'linux/amd64', mismatch = false) => [{ layers, platform, mismatch }];

describe('real archives', needsThat(imagesFolder !== undefined, NO_REAL_ARCHIVES), () => {
  test.each([
    ['buildkit-busybox-attestation.tar', one(1, 'linux/arm64'), ['foo/bar:v3'], 1],
    ['containerd-alpine-3.14.tar', one(1), ['alpine:3.14'], 0],
    [
      'docker-multi-image-symlinked-layer.tar',
      [...one(1), ...one(2)],
      ['bazel/v1/tarball:test_image_1', 'bazel/v1/tarball:test_image_3'],
      0,
    ],
    [
      'docker113-3-images.tar',
      [...one(1), ...one(1), ...one(2)],
      ['me/test_image_tar:1.0', 'she/image_from_scratch:1.0', 'you/secondimage:1.2'],
      0,
    ],
    ['docker18-14-layers.tar', one(14), ['dive-test:latest'], 0],
    ['docker20-alpine-modifiee.tar', one(2), ['alpine-modifiee:latest'], 0],
    ['docker20-alpine-modifiee2.tar', one(3), ['alpine-modifiee2:latest'], 0],
    ['docker25-hello-world.tar', one(1), ['hello-world:latest'], 0],
    ['docker25-npm7-whole-gzip.tar.gz', one(4), [], 0],
    ['docker25-save-by-id-null-manifests.tar', one(1, 'linux/arm64'), [], 0],
    ['kaniko-14-layers.tar', one(14), ['dive-test:kaniko-latest'], 0],
    ['kaniko-49-layers-3-blobs.tar', one(49), ['gcr.io/tejal-gke1/my-image:latest'], 0],
    ['oci-busybox-1.31.1.tar', one(1), [], 0],
    ['oci-estargz-layer.tar', one(1, 'linux/arm64'), [], 0],
    ['oci-gzip-layer.tar', one(1, 'linux/arm64'), [], 0],
    ['oci-uncompressed-layer.tar', one(1, 'linux/arm64'), [], 0],
    ['oci-zstd-layer.tar', one(1, 'linux/arm64'), [], 0],
    ['skopeo-docker-symlinked-layers.tar', one(2), [], 0],
    ['skopeo-oci-opaque.tar', one(3), [], 0],
  ])('%s', async (name, images, tags, attestations) => {
    expect(summarize(await documentsOfArchive(name))).toEqual({ images, tags, attestations });
  });

  test('the manifest.json that is null', async () => {
    const documents = await documentsOfArchive('corrupt-null-manifest.tar');
    expect(() => parseDockerManifest(json(documents, 'manifest.json'), 'manifest.json')).toThrow(
      'manifest.json: the document should be an array of images, but is null',
    );
  });

  test('every layout', () => {
    const layouts = readdirSync(join(directory, 'oci-layouts'));
    expect(layouts.length).toBeGreaterThan(0);
    for (const layout of layouts) {
      // Written by hand: its sizes and digests do not match its blobs.
      const intact = layout !== 'aufs-docker-v2-manifest';
      const { images } = summarize(documentsOfLayout(join(directory, 'oci-layouts', layout)), intact);
      expect(images.length, layout).toBeGreaterThan(0);
    }
  });

  test.each(['docker113-3-images.tar', 'docker18-14-layers.tar', 'docker20-alpine-modifiee2.tar'])(
    'the v1 chain of %s has the layers of its manifest.json',
    async (name) => {
      const documents = await documentsOfArchive(name);
      const images = parseDockerManifest(json(documents, 'manifest.json'), 'manifest.json');
      const tags = parseRepositories(json(documents, 'repositories'), 'repositories');
      for (const { repository, tag, id } of tags) {
        const chain = chainOfV1(id, (v1Id) =>
          documents.has(`${v1Id}/json`)
            ? parseV1Image(json(documents, `${v1Id}/json`), `${v1Id}/json`)
            : undefined,
        );
        const image = images.find((entry) => entry.repoTags.includes(`${repository}:${tag}`));
        expect(chain.map((layer) => `${layer.id}/layer.tar`)).toEqual(image?.layerPaths);
      }
    },
  );
});
