/** Valid documents with every field that is read, for tests to make invalid. */
export const hex = (digit: string): string => digit.repeat(64);
export const sum = (digit: string): string => `sha256:${hex(digit)}`;

export const descriptor = {
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  digest: sum('a'),
  size: 1234,
  artifactType: 'application/x',
  annotations: { 'io.containerd.image.name': 'docker.io/library/alpine:3.20' },
  platform: {
    os: 'linux',
    architecture: 'arm64',
    variant: 'v8',
    'os.version': '1.2',
    'os.features': ['f'],
  },
  urls: ['https://example.com/blob'],
  data: 'YWJj',
};

export const index = {
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  artifactType: 'application/x',
  manifests: [descriptor],
  annotations: { a: 'b' },
};

export const manifest = {
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  artifactType: 'application/x',
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sum('b'), size: 7 },
  layers: [descriptor, { mediaType: 'application/unheard.of', digest: 'blake3:xyz', size: 0 }],
  subject: { mediaType: 'x/y', digest: sum('c'), size: 1 },
  annotations: { a: 'b' },
};

export const config = {
  created: '2026-11-21T02:36:41.1Z',
  author: 'me',
  os: 'linux',
  architecture: 'arm',
  variant: 'v6',
  'os.version': '1.2',
  'os.features': ['f'],
  config: { Env: ['A=b'], Cmd: null, Volumes: { '/data': {} } },
  rootfs: { type: 'layers', diff_ids: [sum('d'), sum('e')] },
  history: [
    { created: '2026-11-21T02:36:41Z', created_by: 'ADD x', author: 'me', comment: 'c', empty_layer: false },
    { created_by: 'CMD ["sh"]', empty_layer: true },
    {},
  ],
};

export const dockerManifest = [
  {
    Config: `${hex('1')}.json`,
    RepoTags: ['alpine:3.20'],
    Layers: [`${hex('2')}/layer.tar`],
    Parent: sum('3'),
    LayerSources: { [sum('4')]: { mediaType: 'x/y', digest: sum('4'), size: 10 } },
  },
];

export const repositories = { alpine: { latest: hex('1') } };

export const v1Image = {
  id: hex('1'),
  parent: hex('2'),
  created: '2014-01-01T00:00:00Z',
  author: 'me',
  comment: 'c',
  os: 'linux',
  architecture: 'amd64',
  variant: 'v2',
  config: { Env: null },
  container_config: { Cmd: ['/bin/sh', '-c', '#(nop) ADD file:x in /'] },
};
