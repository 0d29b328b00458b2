import { type Archive, openArchive } from '@layers/core/image';
import type { SyncByteSource } from '@layers/core/io';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { debRecord, dpkgStatus, npmPackage } from '@layers/testing/package-archives';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { expect, test } from 'vitest';
import { KnownIndexes } from '../../src/read/known-indexes.ts';
import { readImageFacts } from '../../src/read/read-image-facts.ts';

const scratch = useScratch();

/** Counts the times that the layers of an archive are read from their start, but for their first bytes. */
function counted(archive: Archive): { readonly archive: Archive; readonly reads: string[] } {
  const reads: string[] = [];
  const countedSource = (source: SyncByteSource, name: string): SyncByteSource => ({
    ...source,
    read: (target, position) => source.read(target, position),
    reference: () => source.reference(),
    identity: () => source.identity(),
    open() {
      reads.push(name);
      return source.open();
    },
    stream(...range) {
      reads.push(name);
      return source.stream(...range);
    },
  });
  const { reader } = archive;
  const layer: typeof reader.layer = (file) => {
    const bytes = reader.layer(file);
    return bytes?.from === 'source'
      ? { from: 'source', source: countedSource(bytes.source, file.name) }
      : bytes;
  };
  const found = Object.assign(Object.create(Object.getPrototypeOf(reader)), reader, { layer });
  return { archive: { ...archive, reader: found }, reads };
}

test('each layer is decompressed once, however many images have it', async () => {
  const base = [
    dpkgStatus(debRecord('libc6', '2.36'), debRecord('bash', '5.2')),
    { path: 'bin/large', data: Buffer.alloc(100_000, 'program') },
  ];
  const images = ['1.0.0', '2.0.0'].map((version) => ({
    tags: [`shop:${version}`],
    layers: [buildTar(base), buildTar(npmPackage('app/node_modules/left', 'left', version))],
  }));
  const path = scratch.file(buildDockerArchive({ images }, { form: 'oci', compression: 'gzip' }));
  const { archive, reads } = counted(await openArchive({ path }));
  const options = { indexes: new KnownIndexes(1000), chunksOneIn: 1 };
  const known = new Set<string>();
  const packages: unknown[] = [];
  for (const [position, description] of archive.images.entries()) {
    const { facts } = await readImageFacts(archive, description, position, {
      ...options,
      isKnown: (diffId) => known.has(diffId),
    });
    for (const { diffId } of facts?.layers ?? []) known.add(diffId);
    packages.push(facts?.packages.slice(0, 3));
    expect(facts?.layers.map(({ files, chunks }) => [files === null, chunks === null])).toEqual([
      [position > 0, position > 0],
      [false, false],
    ]);
  }
  expect(packages).toEqual(
    ['1.0.0', '2.0.0'].map((version) => [
      ['dpkg', 'dpkg', 'npm'],
      ['bash', 'libc6', 'left'],
      ['5.2', '2.36', version],
    ]),
  );
  expect(reads).toHaveLength(3);
  expect(new Set(reads).size).toBe(3);
});
