import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type DiffRun, diffDocument, type ReportedDiff } from './diff-command.ts';
import { dockerAt } from './docker.ts';
import { run } from './processes.ts';

const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-reproducible-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const skopeo = (...args: string[]): Promise<Buffer> =>
  run('skopeo', ['--insecure-policy', 'copy', '--quiet', ...args]);

/** The inputs of a build that can differ. */
interface Sources {
  /** The time of the source files, for `touch -d`. */
  time: string;
  text?: string;
  mode?: string;
  version?: string;
}

const first: Sources = { time: '2020-02-02 02:02:02' };
const later: Sources = { time: '2021-03-03 03:03:03' };

async function writeSources(place: string, { time, text = 'one', mode = '755' }: Sources): Promise<void> {
  mkdirSync(join(place, 'app/lib'), { recursive: true });
  writeFileSync(join(place, 'app/run'), `#!/bin/sh\necho ${text}\n`);
  writeFileSync(join(place, 'app/lib/data'), 'data '.repeat(5000));
  writeFileSync(join(place, 'app/lib/more'), 'more '.repeat(300));
  await run('ln', ['-sf', 'lib/data', join(place, 'app/link')]);
  await run('chmod', [mode, join(place, 'app/run')]);
  await run('find', [place, '-exec', 'touch', '-h', '-d', time, '{}', '+']);
}

async function compared(a: string, b: string): Promise<DiffRun<ReportedDiff>> {
  const plain = await diffDocument({ path: a }, { path: b });
  expect(plain.status).toBe(1);
  return diffDocument({ path: a }, { path: b }, ['--reproducible']);
}

function ignoredIn({ reported }: DiffRun<ReportedDiff>): string[] {
  return reported.ignored
    .filter(({ count }) => count > 0)
    .map(({ what }) => what)
    .sort();
}

describe.skipIf(socket === '')('the same build twice with docker build', () => {
  async function build(name: string, sources: Sources): Promise<string> {
    const place = join(folder, name);
    await writeSources(place, sources);
    const busybox = (await run('sh', ['-c', 'command -v busybox'])).toString().trim();
    await run('cp', ['-p', busybox, join(place, 'busybox')]);
    const steps = [
      'FROM scratch',
      'COPY busybox /bin/busybox',
      'COPY app /app',
      'RUN ["/bin/busybox", "touch", "/made"]',
      `ENV VERSION=${sources.version ?? '1'}`,
      'LABEL what=test',
      'CMD ["/app/run"]',
    ];
    writeFileSync(join(place, 'Dockerfile'), `${steps.join('\n')}\n`);
    const tag = `rebuilt:${name}`;
    await docker(['build', '--quiet', '--no-cache', '--network', 'none', '--tag', tag, place]);
    // All builds have the same tag.
    await docker(['tag', tag, 'rebuilt:latest']);
    const file = join(folder, `${name}.tar`);
    await docker(['save', '--output', file, 'rebuilt:latest']);
    return file;
  }

  let original = '';
  let again = '';
  beforeAll(async () => {
    original = await build('original', first);
    again = await build('again', later);
  });

  it('differs only in what --reproducible ignores, and lists it', async () => {
    const result = await compared(original, again);
    expect(result.reported).toMatchObject({ identical: true, files: [], config: [], history: [] });
    expect(ignoredIn(result)).toEqual(['builder', 'created', 'layer-bytes', 'mtime']);
  });

  it('is the same with another compression and format', async () => {
    const gzip = join(folder, 'again-gzip.tar');
    await skopeo(
      '--dest-compress-level',
      '1',
      `docker-archive:${again}`,
      `oci-archive:${gzip}:rebuilt:latest`,
    );
    const zstd = join(folder, 'again-zstd.tar');
    const flags = ['--dest-compress-format', 'zstd'];
    await skopeo(...flags, `docker-archive:${again}`, `oci-archive:${zstd}:rebuilt:latest`);
    const pigz = join(folder, 'again.tar.gz');
    writeFileSync(pigz, await run('pigz', ['-9', '--stdout', again]));
    for (const other of [gzip, zstd, pigz]) {
      const { reported } = await compared(original, other);
      expect(reported).toMatchObject({ identical: true, files: [], config: [], history: [] });
    }
  });

  it.each<[string, Sources, object]>([
    ['one byte', { ...later, text: 'two' }, { files: [{ path: '/app/run', fields: ['content'] }] }],
    ['a mode', { ...later, mode: '700' }, { files: [{ path: '/app/run', fields: ['mode'] }] }],
    ['a variable', { ...later, version: '2' }, { config: [{ field: 'config.Env', key: 'VERSION' }] }],
  ])('is not the same with another of %s', async (name, sources, expected) => {
    const { status, reported } = await compared(original, await build(name.replace(' ', '-'), sources));
    expect(status).toBe(1);
    expect(reported).toMatchObject(expected);
  });
});

describe.skipIf(inject('missing').length > 0)('two layers of the same files, made with tar and umoci', () => {
  interface Packing {
    /** Options of GNU tar. */
    tar: string[];
    reversed?: boolean;
    created: string;
  }

  async function pack(name: string, sources: Sources, packing: Packing): Promise<string> {
    const place = join(folder, `packed-${name}`);
    await writeSources(place, sources);
    const [long, holes] = [join(place, 'app/lib', 'l'.repeat(180)), join(place, 'app/holes')];
    await run('ln', [join(place, 'app/lib/data'), join(place, 'app/again')]);
    await run('ln', ['-s', 't'.repeat(180), long]);
    await run('dd', ['if=/dev/zero', `of=${holes}`, 'bs=1', 'count=1', 'seek=999999', 'status=none']);
    await run('touch', ['-h', '-d', sources.time, long, holes, join(place, 'app'), join(place, 'app/lib')]);
    const list = (await run('find', [place, '-mindepth', '1', '-printf', '%P\\n'])).toString();
    const paths = list.trimEnd().split('\n').sort();
    // Directories come before their files, because a file without its directory would create it.
    if (packing.reversed === true) paths.reverse().sort((x, y) => depth(x) - depth(y));
    const layer = join(folder, `${name}.layer.tar`);
    const options = ['--numeric-owner', '--owner=0', '--group=0', '--no-recursion', ...packing.tar];
    const files = ['--create', '--file', layer, '--directory', place, '--files-from', '-'];
    await run('tar', [...options, ...files], { input: paths.join('\n') });
    const layout = join(folder, `${name}.layout`);
    await run('umoci', ['init', '--layout', layout]);
    await run('umoci', ['new', '--image', `${layout}:it`]);
    const history = ['--history.created', packing.created, '--history.created_by', 'tar'];
    await run('umoci', ['raw', 'add-layer', '--image', `${layout}:it`, ...history, layer]);
    await run('umoci', ['config', '--image', `${layout}:it`, '--created', packing.created, '--no-history']);
    return layout;
  }

  const plain: Packing = { tar: ['--format=gnu'], created: '2020-01-01T00:00:00Z' };

  it('is the same with other times, another order and another tar format', async () => {
    const original = await pack('plain', first, plain);
    const other = await pack('other', later, {
      tar: ['--format=posix'],
      reversed: true,
      created: '2021-01-01T00:00:00Z',
    });
    const result = await compared(original, other);
    expect(result.reported).toMatchObject({ identical: true, files: [], config: [], history: [] });
    expect(ignoredIn(result)).toEqual(['created', 'layer-bytes', 'mtime']);
    expect(result.reported.layers?.sameTree).toMatchObject([{ differs: ['mtime', 'order'] }]);
  });

  it('reports that only the order or only the times differ', async () => {
    const original = await pack('once', first, plain);
    const order = await pack('order', first, { ...plain, reversed: true });
    const times = await pack('times', later, plain);
    const form = await pack('form', first, { ...plain, tar: ['--format=posix'] });
    const sparse = await pack('sparse', first, { ...plain, tar: ['--format=posix', '--sparse'] });
    for (const [other, differs] of [
      [order, ['order']],
      [times, ['mtime']],
      [form, []],
      [sparse, []],
    ] as const) {
      const { reported } = await diffDocument({ path: original }, { path: other }, ['--only', 'layers']);
      expect(reported.layers?.sameTree).toMatchObject([{ differs }]);
      expect(reported.layers).toMatchObject({ onlyInA: [], onlyInB: [] });
    }
  });

  it('differs with another owner', async () => {
    const original = await pack('owned', first, plain);
    const other = await pack('disowned', first, { ...plain, tar: ['--format=gnu', '--owner=5'] });
    const { status, reported } = await compared(original, other);
    expect(status).toBe(1);
    expect(reported.files?.map(({ fields }) => fields)).toContainEqual(['owner']);
  });
});

function depth(path: string): number {
  return path.split('/').length;
}
