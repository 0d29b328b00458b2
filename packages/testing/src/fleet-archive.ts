import { buildDockerArchive } from './archive-builder.ts';
import { buildTar, type EntrySpec } from './tar-builder.ts';

/** A name that would be markup, and one that would reorder what stands beside it. */
export const HOSTILE_TAGS = ['<img src=x onerror=alert(1)>/</script>:1', 'a\u202egnp.exe:2'] as const;

/** A secret in an instruction. */
export const FLEET_SECRET = 'a-value-of-a-build-argument';

const file = (path: string, bytes: number, fill: string): EntrySpec => ({
  path,
  data: Buffer.alloc(bytes, fill),
});
const release = (version: string): EntrySpec => ({
  path: 'etc/os-release',
  data: Buffer.from(`ID=alpine\nVERSION_ID=${version}\n`),
});

/**
 * Returns an archive of a small fleet: two bases of one release, of which one is older; versions of an application that
 * share more; a repository with one image; tags that are markup. Files are stored twice, and deleted.
 */
export function fleetArchive(): Buffer {
  const oldBase = [release('3.19.1'), file('bin/base', 9000, 'b')];
  const newBase = [release('3.19.2'), file('bin/base', 9500, 'c')];
  const runtime = [file('usr/lib/runtime', 20_000, 'r'), file('usr/lib/copy', 4000, 'same')];
  const images = [
    { tags: ['team/app:1.0', 'team/app:stable'], layers: [oldBase, runtime, [file('app/a', 5000, '1')]] },
    { tags: ['team/app:1.1'], layers: [oldBase, runtime, [file('app/a', 6000, '2'), { path: 'app/.wh.b' }]] },
    {
      tags: ['team/app:1.2', 'team/mirror:1.2'],
      layers: [
        oldBase,
        runtime,
        [file('app/a', 7000, '3'), file('copy', 4000, 'same')],
        [{ path: '.wh.copy' }],
      ],
    },
    { tags: ['team/web:1'], layers: [newBase, [file('web/index', 30_000, 'w')]] },
    { tags: [HOSTILE_TAGS[0]], layers: [newBase, [file('x', 100, 'x')]] },
    { tags: [HOSTILE_TAGS[1]], layers: [[file('alone', 3000, 'y')]] },
    { tags: [], layers: [newBase, [file('none', 700, 'n')]] },
  ];
  return buildDockerArchive(
    {
      images: images.map(({ tags, layers }, i) => ({
        tags,
        layers: layers.map(buildTar),
        config: {
          created: new Date(1_700_000_000_000 + i * 86_400_000).toISOString(),
          history: layers.map((layer, position) => ({
            created: new Date(
              (layer === newBase ? 1_650_000_000_000 : 1_600_000_000_000) + position,
            ).toISOString(),
            created_by:
              layer === runtime
                ? `RUN |1 TOKEN=${FLEET_SECRET} /bin/sh -c install`
                : `COPY step${position} /`,
          })),
        },
      })),
    },
    { form: 'hybrid' },
  );
}
