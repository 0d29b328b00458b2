import type { Sources } from './rewrite-sources.ts';

/** An output of the command, for every loader. */
export interface Shape {
  name: string;
  /** The command without its output option. */
  args(sources: Sources): string[];
  /** The output of the container of each image, in order. */
  prints: string[];
  /** Whether the command changes the root file system. */
  isChanged?: boolean;
  /** The messages of loaders that refuse it. */
  refusals?: Partial<Record<string, RegExp>>;
}

/** The output of the containers of the sources. */
export const SAME = 'two\n-rw-r--r--    2\n/new:\nthree\n\n/old:\nkept';

const SETTINGS =
  '--set-env GREETING=hello --label a=b --volume /data --expose 80 --user 7:8 --workdir /new --author é ' +
  '--healthcheck NONE --stop-signal SIGINT --annotation a=b --created 2024-02-29T12:00:00Z';

export const SHAPES: readonly Shape[] = [
  {
    name: 'several tags',
    args: ({ tagged }) =>
      'repack --tag loaders:1 --tag registry.example/team/loaders:two'.split(' ').concat(tagged),
    prints: [SAME],
  },
  {
    name: 'no tag',
    args: ({ untagged }) => ['repack', untagged],
    prints: [SAME],
    refusals: { 'umoci unpack': /tag is not found: latest/ },
  },
  { name: 'a tag without a name', args: ({ bare }) => ['repack', bare], prints: [SAME] },
  { name: 'several images', args: ({ tagged, other }) => ['repack', tagged, other], prints: [SAME, SAME] },
  {
    name: 'config edited',
    args: ({ tagged }) => {
      const command = ['--entrypoint', '["sh","-c"]', '--cmd', '["echo $GREETING; pwd; busybox id -u"]'];
      return ['config', ...SETTINGS.split(' '), ...command, tagged];
    },
    prints: ['hello\n/new\n7'],
  },
  {
    name: 'layer appended',
    args: ({ tagged, addition }) => {
      const added = ['--add', `${addition}:/etc`, '--add', `${addition}/three:/etc/two`];
      return ['append', ...added, '--delete', '/old/kept', tagged];
    },
    prints: ['two\n-rw-r--r--    1\n/new:\nthree\n\n/old:'],
    isChanged: true,
  },
  { name: 'squashed to one layer', args: ({ tagged }) => ['squash', tagged], prints: [SAME] },
  { name: 'files distributed to layers', args: ({ tagged }) => ['rechunk', tagged], prints: [SAME] },
  {
    name: 'files above a kept layer distributed',
    args: ({ tagged }) => ['rechunk', '--from', '1', tagged],
    prints: [SAME],
  },
  {
    name: 'two layers of three squashed',
    args: ({ tagged }) => ['squash', '--last', '2', tagged],
    prints: [SAME],
  },
  { name: 'waste left out', args: ({ tagged }) => ['repack', '--drop-waste', tagged], prints: [SAME] },
  {
    name: 'made reproducible',
    args: ({ tagged }) => ['repack', '--reproducible', tagged],
    prints: [SAME],
    isChanged: true,
  },
  {
    name: 'one of two platforms of an index',
    args: ({ sparse, platform }) => ['repack', '--platform', platform, sparse],
    prints: [SAME],
  },
];

export type Format = 'hybrid' | 'docker' | 'oci' | 'oci-dir';
export type Compression = 'none' | 'gzip' | 'zstd';

/** The message of a loader that does not support a format; undefined if it must load it. */
export function refusalOf(loader: string, format: Format, compression: Compression): RegExp | undefined {
  const isFolder = format === 'oci-dir';
  switch (loader) {
    case 'docker load':
      if (isFolder) return /is a directory/;
      // Docker 20.10 supports neither OCI layouts nor zstd.
      if (format === 'oci') return /blobs\/json: no such file/;
      return compression === 'zstd' ? /invalid tar header/ : undefined;
    case 'ctr image import':
      return isFolder ? /is a directory/ : undefined;
    case 'skopeo docker-archive:':
      if (isFolder) return /is a directory/;
      return format === 'oci' ? /manifest\.json: file does not exist/ : undefined;
    case 'skopeo oci-archive:':
      if (isFolder) return /is a directory/;
      return format === 'docker' ? /index\.json: no such file/ : undefined;
    case 'skopeo oci:':
      return isFolder ? undefined : /index\.json: not a directory/;
    case 'umoci unpack':
      if (!isFolder) return /oci-layout: not a directory/;
      return compression === 'zstd' ? /not correct mediatype: .*zstd/ : undefined;
    default:
      return undefined;
  }
}
