import { join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const archive = scratch.file(
  buildDockerArchive(
    {
      images: [
        {
          tags: ['app:1'],
          layers: [buildTar([{ path: '../one' }, { path: '../two' }, { path: 'kept' }]), buildTar([])],
        },
      ],
    },
    { form: 'hybrid' },
  ),
  'climbs.tar',
);
const store = { LAYERS_STORE: join(scratch.folder, 'store') };
let outputs = 0;
const newOutput = (): string => join(scratch.folder, `output-${outputs++}`);

const WRITING: readonly (readonly [name: string, args: (output: string) => string[]])[] = [
  ['export', (output) => ['export', archive, '-o', output]],
  // Other users cannot set owners.
  [
    'extract',
    (output) => ['extract', ...(process.geteuid?.() === 0 ? [] : ['--no-same-owner']), archive, output],
  ],
  ['squash', (output) => ['squash', archive, '-o', output]],
  ['squash --last', (output) => ['squash', '--last', '1', archive, '-o', output]],
  ['repack', (output) => ['repack', archive, '-o', output]],
  ['repack --dry-run', (output) => ['repack', '--dry-run', archive, '-o', output]],
  ['config', (output) => ['config', '--user', '1', archive, '-o', output]],
  ['append', (output) => ['append', '--delete', '/kept', archive, '-o', output]],
  ['load', () => ['load', '-i', archive]],
];
const WARNING =
  'warning: layer 0: a name that leaves the root by ".." is refused, and 1 more warning (layers inspect shows all)\n';

describe.each(WRITING)('the findings of an image that %s reads', (_, args) => {
  it('are in its document', () => {
    const { status, stdout } = layers([...args(newOutput()), '--json'], { env: store });
    expect(status).toBe(0);
    const { findings } = JSON.parse(stdout);
    expect(findings.map(({ code, place }: (typeof findings)[number]) => [code, place.layer])).toEqual([
      ['name-climbs-out', 0],
      ['name-climbs-out', 0],
    ]);
  });

  it('are reported on standard error, unless it is quiet', () => {
    const { status, stderr } = layers(args(newOutput()), { env: store });
    expect(status).toBe(0);
    expect(stderr).toContain(WARNING);
    expect(layers([...args(newOutput()), '--quiet'], { env: store }).stderr).not.toContain('warning');
  });
});

describe('a tar or an archive on standard output', () => {
  it.each([['export'], ['squash']])('comes with the warnings of %s on standard error', (command) => {
    const { status, stderr } = layers([command, archive, '-o', '-']);
    expect(status).toBe(0);
    expect(stderr).toContain(WARNING);
  });
});

describe('save', () => {
  it('reports the findings of the documents that it reads', () => {
    const image = { tags: ['odd:1'], layers: [buildTar([])], config: { history: [{}, {}] } };
    const odd = scratch.file(buildDockerArchive({ images: [image] }, { form: 'hybrid' }), 'odd.tar');
    layers(['load', '-i', odd, '--quiet'], { env: store });
    const { status, stdout } = layers(['save', 'odd:1', '-o', newOutput(), '--json'], { env: store });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).findings).toMatchObject([{ code: 'history-mismatch' }]);
  });
});
