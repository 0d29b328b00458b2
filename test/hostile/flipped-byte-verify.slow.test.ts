import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type VerifyDocument, verifyArchive } from '@layers/core/analysis';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { IMAGE, kanikoEntries, zstdEntries } from './support/corpus.ts';
import { filesOf } from './support/tar-bytes.ts';

const scratch = useScratch();
const image = { images: [IMAGE] };

const ARCHIVES: Readonly<Record<string, Buffer>> = {
  'docker-archive, legacy': buildDockerArchive(image, { form: 'legacy' }),
  'docker-archive, hybrid': buildDockerArchive(image, { form: 'hybrid', compression: 'gzip' }),
  'oci-archive': buildDockerArchive(image, { form: 'oci', compression: 'gzip' }),
  'oci-archive with zstd layers': buildTar(zstdEntries()),
  kaniko: buildTar(kanikoEntries()),
};
const OCI_ARCHIVE = 'oci-archive';

/** The number of bytes to flip in a file, one at a time. In longer files they are spread evenly. */
const FLIPPED_OF_A_FILE = runs(150, 1_000_000);

function positionsOf(size: number): number[] {
  const count = Math.min(size, FLIPPED_OF_A_FILE);
  return Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
}

/** Matches layers, configs and manifests: another document of the archive declares their digests. */
const hasDeclaredDigest = (name: string): boolean =>
  /^blobs\/|\/layer\.tar$|\.tar\.gz$|^sha256:|^[a-f0-9]{64}\.json$/.test(name);

/**
 * The digests and sizes in documents that no other document has a digest of. Their other fields (tags, media types,
 * annotations, parents, versions) can change without being noticed.
 */
function declaredDigestsOf(name: string, bytes: Uint8Array): unknown {
  // `repositories`, the `json` and `VERSION` of v1 directories, and `oci-layout` contain no digests of blobs.
  if (name !== 'index.json' && name !== 'manifest.json') return null;
  const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  const [list, fields] =
    name === 'index.json' ? [fieldOf(json, 'manifests'), ['digest', 'size']] : [json, ['Config', 'Layers']];
  return Array.isArray(list) ? list.map((item) => fields.map((field) => fieldOf(item, field))) : list;
}

/** Returns a field of an object, in any case, as Go reads it. */
function fieldOf(object: unknown, name: string): unknown {
  const fields = Object.entries(typeof object === 'object' && object !== null ? object : {});
  return fields.findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

async function verify(path: string): Promise<VerifyDocument> {
  return verifyArchive({ path }, {}, { threads: 0 });
}

/** Flips one bit of each byte in turn. `flipped` writes the file to verify. */
async function flipEach(name: string, bytes: Uint8Array, flipped: (bytes: Buffer) => string): Promise<void> {
  for (const at of positionsOf(bytes.length)) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    const document = await verify(flipped(damaged));
    const where = `byte ${at} of ${name}`;
    if (hasDeclaredDigest(name)) {
      const failed = document.checks.filter(({ ok }) => !ok);
      expect(document.verified, where).toBe(false);
      expect(failed.map(({ subject, message }) => `${subject}: ${message}`).join('\n'), where).toContain(
        name,
      );
    } else if (document.verified) {
      expect(declaredDigestsOf(name, damaged), where).toEqual(declaredDigestsOf(name, bytes));
    }
  }
}

describe.each(Object.entries(ARCHIVES))('verify after one flipped byte: %s', (_, archive) => {
  test('the undamaged archive passes', async () => {
    expect(await verify(scratch.file(archive, 'whole'))).toMatchObject({ verified: true });
  });

  test.each(filesOf(archive).map((file) => [file.name, file] as const))(
    'reports %s, unless no digest or size covers the byte',
    async (name, { offset, size }) => {
      await flipEach(name, archive.subarray(offset, offset + size), (bytes) =>
        scratch.file(
          Buffer.concat([archive.subarray(0, offset), bytes, archive.subarray(offset + size)]),
          'damaged',
        ),
      );
    },
  );
});

test('verify after one flipped byte: each file of an OCI layout', async () => {
  const archive = ARCHIVES[OCI_ARCHIVE] ?? Buffer.alloc(0);
  const files = filesOf(archive).map(({ name, offset, size }) => ({
    path: name,
    data: archive.subarray(offset, offset + size),
  }));
  const folder = scratch.layout(files);
  expect(await verify(folder)).toMatchObject({ verified: true });
  for (const { path, data } of files) {
    await flipEach(path, data, (bytes) => {
      writeFileSync(join(folder, path), bytes);
      return folder;
    });
    writeFileSync(join(folder, path), data);
  }
});

test('verify reports a damaged config of an image that is not selected', async () => {
  const other = { tags: ['other:1'], layers: IMAGE.layers.slice(0, 1) };
  const archive = buildDockerArchive({ images: [IMAGE, other] }, { form: 'legacy' });
  const configs = filesOf(archive).filter(({ name }) => name.endsWith('.json') && name !== 'manifest.json');
  expect(configs).toHaveLength(2);
  for (const { name, offset } of configs) {
    const damaged = Buffer.from(archive);
    damaged.write('A', offset + 2);
    const path = scratch.file(damaged);
    const document = await verifyArchive({ path }, { image: '#1' }, { threads: 0 });
    expect(document).toMatchObject({ verified: false });
    expect(document.checks.filter(({ ok }) => !ok).map(({ subject }) => subject)).toContain(name);
  }
});
