import { randomBytes } from 'node:crypto';
import { adviceDocument } from '@layers/insight/advise';
import { analysed } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import type { AdviseOptions } from '../../src/advise/advise.ts';
import type { Advice, AdviceDocument } from '../../src/advise/document.ts';

const scratch = useScratch();
const BYTES = 20_000;

/** A layer, and the instruction that made it. */
type Step = readonly [instruction: string, files: readonly EntrySpec[]];

const file = (path: string, data: Uint8Array = randomBytes(BYTES)): EntrySpec => ({ path, data });

async function advised(steps: readonly Step[], options: AdviseOptions = {}): Promise<AdviceDocument> {
  const archive = buildDockerArchive(
    {
      images: [
        {
          tags: ['app:1'],
          layers: steps.map(([, files]) => buildTar([...files])),
          config: { history: steps.map(([created_by]) => ({ created_by })) },
        },
      ],
    },
    { form: 'legacy', compression: null },
  );
  return adviceDocument(await analysed({ path: scratch.file(archive) }), options);
}

async function only(steps: readonly Step[], options: AdviseOptions = {}): Promise<Advice> {
  const { advice } = await advised(steps, options);
  expect(advice).toHaveLength(1);
  const [first] = advice;
  if (first === undefined) throw new Error('there is no advice');
  return first;
}

describe('files that a later layer wastes', () => {
  const data = randomBytes(BYTES);

  test.each([
    ['COPY app /app', 'RUN chown -R www-data:www-data /app', 'COPY --chown=www-data:www-data SRC DST'],
    ['COPY app /app', '/bin/sh -c chmod -R 755 /app', 'COPY --chmod=755 SRC DST'],
    ['COPY app /app', 'RUN chmod -R u+x /app', 'COPY --chmod=755 SRC DST'],
    ['RUN make', 'RUN chown 1:1 /app', 'RUN make install && chown …'],
  ])('%s, then %s', async (copied, changed, example) => {
    const advice = await only([
      [copied, [file('app/a', data)]],
      [changed, [{ path: 'app/a', data, mode: 0o700 }]],
    ]);
    expect(advice).toMatchObject({
      code: 'changed-attributes',
      example,
      savableBytes: BYTES,
      files: 1,
      repack: true,
      storedBy: [{ layer: 0, sizeBytes: BYTES }],
      wastedBy: { layer: 1 },
      paths: [{ path: '/app/a', sizeBytes: BYTES, files: 1 }],
      morePaths: 0,
    });
  });

  test('name the instruction that stored them, and the one that removed them', async () => {
    const advice = await only([
      ['RUN make world', [file('src/a'), file('src/b')]],
      ['RUN rm -rf /src', [{ path: '.wh.src' }]],
    ]);
    expect(advice).toMatchObject({
      code: 'deleted-later',
      savableBytes: 2 * BYTES,
      storedBy: [{ layer: 0, instruction: 'RUN make world' }],
      wastedBy: { layer: 1, instruction: 'RUN rm -rf /src' },
      fix: 'remove them in the same RUN that writes them',
    });
  });

  test('of a root file system that was added as a whole are those of a base', async () => {
    const { code, problem, example } = await only([
      ['ADD file:5c1a in / ', [file('bin/busybox', data)]],
      ['RUN chmod 700 /bin/busybox', [file('bin/busybox', data)]],
    ]);
    expect([code, problem, example]).toEqual([
      'changed-attributes',
      'files of the base image are stored, but removed or replaced here',
      null,
    ]);
    const mixed = await only([
      ['ADD file:5c1a in / ', [file('bin/a')]],
      ['COPY b /bin/b', [file('bin/b')]],
      ['RUN rm -rf /bin', [{ path: '.wh.bin' }]],
    ]);
    expect(mixed.problem).toBe('files are removed here, but stay in the layer that stored them');
  });

  test('are packages where the instruction upgrades packages', async () => {
    const codes = await Promise.all(
      [
        'RUN apt-get update && apt-get -y dist-upgrade',
        'RUN apk upgrade --no-cache',
        'RUN dnf -y update',
        'RUN cp /new /usr/bin/tool',
        'RUN apt-get update && upgrade-database',
      ].map(async (instruction) => {
        const { code } = await only([
          ['ADD rootfs.tar /', [file('usr/bin/tool')]],
          [instruction, [file('usr/bin/tool')]],
        ]);
        return code;
      }),
    );
    expect(codes).toEqual([
      'upgraded-packages',
      'upgraded-packages',
      'upgraded-packages',
      'overwritten-later',
      'overwritten-later',
    ]);
  });
});

describe('files that an image seldom needs', () => {
  test.each([
    ['package-cache', 'var/lib/apt/lists/x_Packages'],
    ['package-cache', 'var/cache/apt/archives/a.deb'],
    ['package-cache', 'var/cache/apk/APKINDEX.tar.gz'],
    ['package-cache', 'var/cache/dnf/x/packages/a.rpm'],
    ['package-cache', 'root/.cache/pip/http/a'],
    ['package-cache', 'home/app/.npm/_cacache/content-v2/a'],
    ['package-cache', 'usr/local/share/.cache/yarn/v6/a'],
    ['package-cache', 'go/pkg/mod/cache/download/a'],
    ['package-cache', 'root/.cache/go-build/00/a'],
    ['package-cache', 'root/.m2/repository/a.jar'],
    ['package-cache', 'usr/lib/ruby/gems/3.1.0/cache/a.gem'],
    ['version-control', 'app/.git/objects/pack/a.pack'],
    ['bytecode', 'app/lib/__pycache__/a.cpython-311.pyc'],
    ['bytecode', 'usr/lib/python2.7/a.pyc'],
    ['temporary-files', 'tmp/build/a.o'],
    ['temporary-files', 'core.12'],
    ['documentation', 'usr/share/man/man1/a.1.gz'],
    ['tests', 'app/node_modules/a/test/fixtures/b'],
    ['build-tools', 'usr/lib/gcc/x86_64-linux-gnu/12/cc1'],
    ['build-tools', 'usr/bin/x86_64-linux-gnu-gcc-12'],
    ['build-tools', 'usr/local/go/bin/go'],
  ])('%s: %s', async (code, path) => {
    expect(await only([['RUN x', [file(path)]]])).toMatchObject({
      code,
      savableBytes: BYTES,
      repack: false,
      wastedBy: null,
      storedBy: [{ layer: 0, instruction: 'RUN x', sizeBytes: BYTES }],
    });
  });

  test.each([
    'app/git/objects/a',
    'app/src/test/a',
    'usr/share/doc/a/copyright',
    'app/node_modules/a/test/LICENSE',
    'usr/bin/gccgo-helper',
    'app/bin/gcc',
    'app/core.12',
    'var/lib/apt/extended_states',
    'usr/lib/x86_64-linux-gnu/libgcc_s.so.1',
    'app/a.pyc.txt',
  ])('not %s', async (path) => {
    expect((await advised([['RUN x', [file(path)]]])).advice).toEqual([]);
  });

  test('are shown by directory, the most bytes first', async () => {
    const advice = await only([
      [
        'RUN a',
        [
          ...Array.from({ length: 50 }, (_, i) => file(`usr/share/doc/p${i}/a`, randomBytes(100))),
          file('usr/share/man/man1/big.1'),
        ],
      ],
      ['RUN b', [file('usr/share/man/man2/b.2', randomBytes(3000))]],
    ]);
    expect(advice.storedBy.map(({ layer, sizeBytes }) => [layer, sizeBytes])).toEqual([
      [0, BYTES + 5000],
      [1, 3000],
    ]);
    expect(advice.paths).toEqual([
      { path: '/usr/share/man/man1/big.1', sizeBytes: BYTES, files: 1 },
      { path: '/usr/share/doc/', sizeBytes: 5000, files: 50 },
      { path: '/usr/share/man/man2/b.2', sizeBytes: 3000, files: 1 },
    ]);
  });
});

test('copies of a file are advised against once, without those that other advice is about', async () => {
  const data = randomBytes(BYTES);
  const { advice } = await advised([
    ['COPY a /', [file('a/x', data), file('root/.cache/pip/x', data)]],
    ['COPY b /', [file('b/x', data), { path: 'b/link', type: 'link', linkpath: 'b/x' }]],
  ]);
  expect(advice.map(({ code, savableBytes, storedBy }) => [code, savableBytes, storedBy[0]?.layer])).toEqual([
    ['package-cache', BYTES, 0],
    ['duplicate-files', BYTES, 1],
  ]);
});

test('copies within a root file system that was added as a whole are not advised against', async () => {
  const data = randomBytes(BYTES);
  const copies = [file('etc/a', data), file('etc/b', data)];
  for (const instruction of [
    'ADD file:5c1a in / ',
    'ADD rootfs.tar.gz /',
    "# debian.sh --arch 'amd64' out/",
  ]) {
    expect((await advised([[instruction, copies]])).advice).toEqual([]);
  }
  const { storedBy } = await only([
    ['ADD rootfs.tar /', copies],
    ['COPY c /', [file('c', data)]],
  ]);
  expect(storedBy.map(({ layer, sizeBytes }) => [layer, sizeBytes])).toEqual([[1, BYTES]]);
  expect((await only([['ADD etc /etc', copies]])).savableBytes).toBe(BYTES);
});

test('the example against copies speaks of npm where most of them are packages of npm', async () => {
  const data = randomBytes(BYTES);
  const exampleFor = async (...paths: readonly string[]): Promise<string | null> =>
    (await only([['COPY . /', paths.map((path) => file(path, data))]])).example;
  expect(
    await exampleFor('app/x.js', ...['a', 'b', 'c'].map((name) => `app/node_modules/${name}/x.js`)),
  ).toBe('RUN npm dedupe');
  expect(await exampleFor('app/a', 'app/b', 'app/node_modules/a')).toBe('RUN COMMAND && ln -f SRC DST');
});

test('many small layers are advised to be joined', async () => {
  const steps = Array.from({ length: 9 }, (_, i): Step => [`COPY ${i} /`, [file(`f${i}`, randomBytes(10))]]);
  expect((await advised(steps.slice(2))).advice).toEqual([]);
  const { code, problem, storedBy } = await only(steps);
  expect([code, problem, storedBy.length]).toEqual([
    'small-layers',
    '9 of 9 layers have less than 64 KiB of files',
    9,
  ]);
});

describe('the base', () => {
  const data = randomBytes(BYTES);
  const base: readonly Step[] = [
    ['ADD base /', [file('usr/share/doc/a'), file('etc/kept'), file('etc/old', data)]],
    ['RUN rm', [file('etc/kept'), file('root/.cache/pip/a')]],
  ];

  test('is not blamed for its files and its waste', async () => {
    const { advice, totals } = await advised(base, { baseLayers: 2 });
    expect([advice, totals.baseLayers, totals.savableBytes]).toEqual([[], 2, 0]);
    expect((await advised(base)).advice.map(({ code }) => code).sort()).toEqual([
      'documentation',
      'overwritten-later',
      'package-cache',
    ]);
  });

  test('may have files that a layer above it wastes: another base is advised', async () => {
    const advice = await only([...base, ['RUN rm /etc/old', [{ path: 'etc/.wh.old' }]]], { baseLayers: 2 });
    expect(advice).toMatchObject({ code: 'deleted-later', wastedBy: { layer: 2 }, storedBy: [{ layer: 0 }] });
    expect(advice.fix).toContain('choose a base image');
  });

  test('is upgraded where it is old', async () => {
    const upgrade: Step = ['RUN apt-get upgrade -y', [file('etc/old')]];
    const advice = await only([...base, upgrade], { baseLayers: 2 });
    expect(advice).toMatchObject({ code: 'upgraded-packages', example: 'docker build --pull .' });
  });
});

test('advice that saves little is left out', async () => {
  const steps: readonly Step[] = [['RUN x', [file('tmp/a', randomBytes(9999)), file('app', randomBytes(1))]]];
  expect((await advised(steps)).advice).toEqual([]);
  expect((await advised(steps, { minBytes: 9999 })).advice).toHaveLength(1);
});
