import { join } from 'node:path';
import { openImage, readFile } from '@layers/core';
import { exportImage, type NewImage, repackImage, squashImage, writeImage } from '@layers/rewrite';
import { type TarWarning, walkTar } from '@layers/tar';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { collect } from '@layers/testing/new-images';
import { END, entryWith, GNU, header, join as joined, pax, withChecksum } from '@layers/testing/raw-tar';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
let outputs = 0;

/** A sparse file of GNU tar: `end` at byte 1,000, and zeros before it. */
function sparse(): Uint8Array {
  const block = header({ name: 'file', typeflag: 'S', magic: GNU, size: 3 });
  const field = (value: number): Buffer => Buffer.from(`${value.toString(8).padStart(11, '0')}\0`);
  block.set(field(1000), 386);
  block.set(field(3), 398);
  block.set(field(1003), 483);
  const data = new Uint8Array(512);
  data.set(Buffer.from('end'));
  return joined(withChecksum(block), data);
}

const CASES: readonly (readonly [what: string, entry: Uint8Array, content: string])[] = [
  ['a contiguous file', entryWith({ name: 'file', typeflag: '7' }, 'content'), 'content'],
  ['a sparse file of GNU tar', sparse(), `${'\0'.repeat(1000)}end`],
  [
    'a dump directory',
    joined(header({ name: 'd/', typeflag: 'D', mode: 0o755 }), entryWith({ name: 'file' }, 'x')),
    'x',
  ],
  ['a time of access that is not one', joined(pax(['atime', '1e3']), entryWith({ name: 'file' }, 'x')), 'x'],
];

/** The types that Docker, containerd and podman read. */
const READ_BY_LOADERS = /^[0-6]$/;

/** Returns the types that loaders refuse, and the codes of warnings. */
function problemsOf(tar: Uint8Array): string[] {
  const problems: string[] = [];
  const read = (target: Uint8Array, at: number): number => {
    const part = tar.subarray(at, at + target.length);
    target.set(part);
    return part.length;
  };
  const onWarning = ({ code }: TarWarning): void => void problems.push(code);
  for (const { typeflag } of walkTar({ size: tar.length, read }, { onWarning })) {
    const type = String.fromCharCode(typeflag);
    if (!READ_BY_LOADERS.test(type)) problems.push(type);
  }
  return problems;
}

describe.each(CASES)('%s, which loaders refuse', (_, entry, content) => {
  const open = () =>
    openImage(
      scratch.file(
        buildDockerArchive(
          { images: [{ tags: ['app:1'], layers: [joined(entry, END), buildTar([{ path: 'other' }])] }] },
          { form: 'hybrid', compression: null },
        ),
      ),
    );
  const written = async (image: NewImage) => {
    const output = join(scratch.folder, `output-${outputs++}.tar`);
    await writeImage(image, output);
    return openImage(output);
  };

  it.each([
    ['squash', async () => squashImage(await open())],
    ['repack --reproducible', async () => repackImage(await open(), { reproducible: { latest: 1000 } })],
  ] as const)('is written as a plain entry by %s', async (_name, change) => {
    const image = await written(await change());
    for (const layer of image.layers) expect(problemsOf(await collect(layer.uncompressed()))).toEqual([]);
    expect(Buffer.from(await readFile(image, '/file')).toString()).toBe(content);
  });

  it('has the problem before', () => {
    expect(problemsOf(joined(entry, END))).toHaveLength(1);
  });

  it('is exported as a plain entry', async () => {
    const { chunks } = await exportImage(await open());
    expect(problemsOf(await collect(chunks()))).toEqual([]);
  });
});
