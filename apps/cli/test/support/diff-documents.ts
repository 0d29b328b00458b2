import type { DiffDocument, DiffSide, FileChange, LayerReference } from '@layers/core/diff';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

/** One of two images. */
export function side(name: string, more: Partial<DiffSide> = {}): DiffSide {
  return {
    source: {
      path: `${name}.tar`,
      format: 'docker-archive',
      variant: 'legacy',
      compression: null,
      sizeBytes: 1,
    },
    image: {
      id: digest(name.slice(0, 1)),
      manifestDigest: null,
      tags: [`${name}:latest`],
      platform: { os: 'linux', architecture: 'amd64' },
      created: null,
      config: {},
    },
    upToLayer: null,
    layers: 3,
    storedBytes: 6_400_000,
    rootfsBytes: 5_600_000,
    ...more,
  };
}

/** A document without differences. */
export function identical(more: Partial<DiffDocument> = {}): DiffDocument {
  return {
    schemaVersion: 2,
    identical: true,
    byDeclaredDigests: false,
    a: side('a'),
    b: side('b'),
    ignore: ['hardlinks', 'mtime'],
    ignored: [],
    totals: { added: 0, removed: 0, changed: 0, renamed: 0, deltaBytes: 0 },
    layers: { prefix: 0, shared: [], sameTree: [], onlyInA: [], onlyInB: [] },
    config: [],
    history: [],
    packages: { unchanged: true, unreadable: false, paths: [], databases: [], changes: [] },
    files: [],
    findings: [],
    ...more,
  };
}

/** Returns a document with the given changes of files and their totals. */
export function ofFiles(files: readonly FileChange[], more: Partial<DiffDocument> = {}): DiffDocument {
  const count = (change: FileChange['change']) => files.filter((file) => file.change === change).length;
  const totals = {
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    renamed: count('renamed'),
    deltaBytes: files.reduce(
      (sum, { sizeBytesA: sizeA = 0, sizeBytesB: sizeB = 0 }) => sum + sizeB - sizeA,
      0,
    ),
  };
  return identical({ identical: false, totals, files, ...more });
}

export function layer(index: number, more: Partial<LayerReference> = {}): LayerReference {
  return {
    layer: index,
    diffId: digest(String(index % 10)),
    digest: null,
    compression: null,
    storedBytes: 2048,
    tarBytes: 2048,
    contentBytes: 4,
    entries: 3,
    instruction: `RUN step ${index}`,
    ...more,
  };
}

export const added = (path: string, sizeB?: number, more: Partial<FileChange> = {}): FileChange => ({
  path,
  change: 'added',
  type: sizeB === undefined ? 'directory' : 'file',
  layerB: 2,
  ...(sizeB === undefined ? {} : { sizeBytesB: sizeB }),
  ...more,
});

export const removed = (path: string, sizeA?: number, more: Partial<FileChange> = {}): FileChange => ({
  path,
  change: 'removed',
  type: sizeA === undefined ? 'directory' : 'file',
  layerA: 0,
  layerB: 2,
  ...(sizeA === undefined ? {} : { sizeBytesA: sizeA }),
  ...more,
});

export const changed = (
  path: string,
  fields: NonNullable<FileChange['fields']>,
  more: Partial<FileChange> = {},
): FileChange => ({ path, change: 'changed', type: 'file', fields, layerA: 0, layerB: 1, ...more });

export const renamed = (from: string, path: string, more: Partial<FileChange> = {}): FileChange => ({
  path,
  change: 'renamed',
  type: 'file',
  from,
  fields: [],
  sizeBytesA: 10,
  sizeBytesB: 10,
  layerA: 0,
  layerB: 1,
  ...more,
});
