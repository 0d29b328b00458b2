import { openArchive, selectImage } from '@layers/core/image';
import { type BaseCandidate, findBase } from '@layers/insight/base';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const DIGEST = `sha256:${'a'.repeat(64)}` as const;

interface Step {
  readonly created_by: string;
  readonly created?: string;
  readonly empty_layer?: boolean;
}

/** An image with these steps, each with a layer of its own unless it is empty. */
async function imageOf(history: readonly Step[], labels: Record<string, string> = {}) {
  const layers = history
    .filter((step) => step.empty_layer !== true)
    .map(({ created_by }) =>
      buildTar([{ path: created_by.replaceAll('/', '_'), data: Buffer.from(created_by) }]),
    );
  const config = { history, config: { Labels: labels } };
  const bytes = buildDockerArchive(
    { images: [{ tags: ['a:1'], layers, config }] },
    { form: 'oci', compression: null },
  );
  const archive = await openArchive({ path: scratch.file(bytes) });
  return selectImage(archive);
}

const add = (created_by: string, created?: string): Step => ({
  created_by,
  ...(created === undefined ? {} : { created }),
});
const set = (created_by: string): Step => ({ created_by, empty_layer: true });

async function candidate(name: string, steps: readonly Step[]): Promise<BaseCandidate> {
  const { layers } = await imageOf(steps);
  return { name, digest: DIGEST, diffIds: layers.map(({ diffId }) => diffId) };
}

describe('the base', () => {
  test('is a given image whose layers are the lowest ones, the longest first', async () => {
    const image = await imageOf([add('A'), add('B'), add('C')]);
    const candidates = await Promise.all([
      candidate('one', [add('A')]),
      candidate('two', [add('A'), add('B')]),
      candidate('other', [add('X'), add('B')]),
      candidate('longer', [add('A'), add('B'), add('C'), add('D')]),
      candidate('empty', []),
    ]);
    const found = findBase(image, null, candidates);
    expect(found.map(({ name, layers, from, isGuess }) => [name, layers, from, isGuess])).toEqual([
      ['two', 2, 'layers', false],
      ['one', 1, 'layers', false],
    ]);
  });

  test('without DiffIDs is not the same', async () => {
    const image = await imageOf([add('A'), add('B')]);
    expect(findBase(image, null, [{ name: 'x', digest: null, diffIds: [null] }])).toEqual([]);
  });

  test('is named by an annotation of the manifest, else by a label', async () => {
    const labels = { 'org.opencontainers.image.base.name': 'debian:12', other: 'x' };
    const image = await imageOf([add('A')], labels);
    const annotations = {
      'org.opencontainers.image.base.name': 'docker.io/library/alpine:3.20',
      'org.opencontainers.image.base.digest': DIGEST,
    };
    const manifest = Buffer.from(JSON.stringify({ annotations }));
    expect(findBase(image, null, [])).toMatchObject([
      { from: 'annotation', isGuess: true, name: 'debian:12', digest: null, layers: null },
    ]);
    expect(findBase(image, manifest, [])).toMatchObject([
      { name: 'docker.io/library/alpine:3.20', digest: DIGEST },
    ]);
    const invalid = {
      'org.opencontainers.image.base.digest': 'latest',
      'org.opencontainers.image.base.name': 7,
    };
    expect(
      findBase(await imageOf([add('A')]), Buffer.from(JSON.stringify({ annotations: invalid })), []),
    ).toMatchObject([{ name: null, digest: null }]);
  });

  test.each([
    ['ends with a command', [add('ADD rootfs'), set('/bin/sh -c #(nop)  CMD ["sh"]'), add('RUN x')], 1],
    ['of BuildKit', [add('ADD a'), add('RUN b'), set('CMD ["sh"]'), set('ENV A=1'), add('COPY c')], 2],
    [
      'is older',
      [add('A', '2026-01-01T00:00:00Z'), add('B', '2026-01-01T00:10:00Z'), add('C', '2026-03-01T00:00:00Z')],
      2,
    ],
    [
      'is the last of several',
      [add('A'), set('CMD a'), add('B'), set('ENTRYPOINT b'), set('CMD c'), add('C')],
      2,
    ],
  ] as const)('is guessed where it %s', async (_, steps, layers) => {
    expect(findBase(await imageOf(steps), null, [])).toMatchObject([
      { from: 'history', isGuess: true, layers, name: null },
    ]);
  });

  test.each([
    ['the command is the last step', [add('A'), add('B'), set('CMD ["x"]')]],
    ['the command comes before all layers', [set('CMD ["x"]'), add('A')]],
    ['all steps are of one time', [add('A', '2026-01-01T00:00:00Z'), add('B', '2026-01-01T00:59:00Z')]],
    ['times are no times', [add('A', 'yesterday'), add('B', 'now')]],
    ['there is no history', []],
    ['a word only starts like a command', [add('A'), set('CMDLINE x'), add('B')]],
  ] as const)('is not guessed where %s', async (_, steps) => {
    expect(findBase(await imageOf(steps), null, [])).toEqual([]);
  });
});
