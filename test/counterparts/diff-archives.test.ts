import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type PreparedImage, prepare, soundArchives } from './archives.ts';
import { diffDocument, dockerLines } from './diff-command.ts';
import { asLayers, dockerLinesOf } from './diff-docker-lines.ts';
import { mirrored, ordered } from './diff-mirror.ts';
import { plainDifferences, reportedDifferences } from './diff-plain.ts';
import { disagreementsWithDiffR } from './diff-r.ts';
import { falseStatements } from './diff-statements.ts';
import { type Unpacked, unpack, withRoot } from './diff-unpacked.ts';
import { contentBytes } from './tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-diff-archives-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Pairs that are compared in addition. Every archive is also compared with another one, mostly unrelated. */
const alsoPaired: [string, string][] = [
  ['containerd-alpine-3.14.tar', 'docker20-alpine-modifiee.tar'],
  ['containerd-alpine-3.14.tar', 'docker20-alpine-modifiee2.tar'],
  ['docker20-alpine-modifiee2.tar', 'docker20-alpine-modifiee.tar'],
  ['oci-busybox-1.31.1.tar', 'buildkit-busybox-attestation.tar'],
  ['docker18-14-layers.tar', 'kaniko-14-layers.tar'],
  ['oci-gzip-layer.tar', 'oci-zstd-layer.tar'],
  ['oci-estargz-layer.tar', 'oci-uncompressed-layer.tar'],
  ['hard-link-1', 'hard-link-delete-1'],
  ['hard-link-delete-1', 'hard-link-delete-xattr'],
  ['whiteout-opaque-end', 'whiteout-explicit-dir'],
  ['skopeo-oci-opaque.tar', 'docker25-npm7-whole-gzip.tar.gz'],
  ['demo.tar', 'demo-oci.tar'],
];

interface Image extends PreparedImage, Unpacked {}

const archives = soundArchives();
const names = archives.map(({ name }) => name);
const pairs = [
  ...names.flatMap((name, index): [string, string][] => {
    const next = names[index + 1];
    return next === undefined || index % 2 === 1 ? [] : [[name, next]];
  }),
  ...alsoPaired.filter((pair) => pair.every((name) => names.includes(name))),
];

describe.skipIf(inject('missing').length > 0)('diff of archives', () => {
  const unpacked = new Map<string, Image[]>();
  beforeAll(async () => {
    for (const archive of archives) {
      const images: Image[] = [];
      for (const image of (await prepare(archive, folder)).images) {
        images.push({ ...image, ...(await unpack(image.skopeo, folder)) });
      }
      unpacked.set(archive.name, images);
    }
  });

  it.runIf(names.includes('docker20-alpine-modifiee2.tar'))(
    'lists what docker diff listed for containers',
    async () => {
      const files = [
        'containerd-alpine-3.14.tar',
        'docker20-alpine-modifiee.tar',
        'docker20-alpine-modifiee2.tar',
      ];
      const [bare, first, second] = files.flatMap((name) => imagesOf(name).map(({ source }) => source));
      if (bare === undefined || first === undefined || second === undefined)
        throw new Error('an archive is empty');
      expect(await dockerLines(bare, first)).toEqual(['C /tmp', 'A /tmp/mon-fichier.txt']);
      const keys = ['4a6a0840', '5243ef4b', '5261cecb', '6165ee59', '61666e3f'];
      expect((await dockerLines(first, second)).sort()).toEqual([
        'A /etc/apk/keys/k',
        'A /etc/passwd.hard',
        'C /bin',
        'C /bin/busybox',
        'C /etc',
        'C /etc/apk',
        'C /etc/apk/keys',
        'C /etc/passwd',
        ...keys.map((key) => `D /etc/apk/keys/alpine-devel@lists.alpinelinux.org-${key}.rsa.pub`),
        'D /etc/motd',
        'D /media',
      ]);
    },
  );

  it.each(archives.filter(({ name }) => /two-images|multi-image|3-images/.test(name)))(
    'compares images of $name as it compares them in two archives',
    async ({ name, path }) => {
      const [first, ...others] = imagesOf(name);
      if (first === undefined) throw new Error('the archive is empty');
      expect(others.length).toBeGreaterThan(0);
      for (const { source } of others) {
        const flags = ['--image-b', source.image ?? ''];
        const inOne = await diffDocument(first.source, null, flags);
        expect(inOne).toEqual(await diffDocument(first.source, { ...source, path }));
      }
    },
  );

  describe.each(names)('%s', (name) => {
    it('does not differ from itself', async () => {
      for (const { source } of imagesOf(name)) {
        const { status, reported } = await diffDocument(source, source);
        expect(reported).toMatchObject({ identical: true, files: [], config: [], history: [] });
        expect(status).toBe(0);
      }
    });

    it('has the same files as its copy in another format', async () => {
      for (const { source, layout } of imagesOf(name)) {
        const flags = ['--only', 'files,layers', '--mtime', '--hardlinks'];
        const { status, reported } = await diffDocument(source, { path: layout }, flags);
        expect(reported).toMatchObject({ identical: true, files: [] });
        expect(reported.layers).toMatchObject({ onlyInA: [], onlyInB: [], sameTree: [] });
        expect(status).toBe(0);
      }
    });
  });

  describe.each(pairs)('%s and %s', (nameA, nameB) => {
    it('differ as the extracted trees differ', async () => {
      for (const { a, b } of pairsOf(nameA, nameB)) {
        const [treeA, treeB] = [withRoot(a), withRoot(b)];
        expect(await disagreementsWithDiffR(a, b)).toEqual([]);
        const { reported } = await diffDocument(a.source, b.source, [
          '--only',
          'files',
          '--mtime',
          '--hardlinks',
        ]);
        const files = reported.files ?? [];
        expect(falseStatements(files, treeA, treeB)).toEqual([]);
        expect(reportedDifferences(files, treeA, treeB)).toEqual(plainDifferences(treeA, treeB));
        expect(reported.totals?.deltaBytes).toBe(contentBytes(b.tree) - contentBytes(a.tree));
        for (const change of ['added', 'removed', 'changed', 'renamed'] as const) {
          expect(reported.totals?.[change]).toBe(files.filter((file) => file.change === change).length);
        }
      }
    });

    it('give the lines of docker diff', async () => {
      for (const { a, b } of pairsOf(nameA, nameB)) {
        const theirs = dockerLinesOf(a.tree, b.tree, asLayers);
        expect((await dockerLines(a.source, b.source)).sort()).toEqual(theirs.sort());
      }
    });

    it('give the mirror image if compared in the other order', async () => {
      for (const { a, b } of pairsOf(nameA, nameB)) {
        const there = await diffDocument(a.source, b.source);
        const back = await diffDocument(b.source, a.source);
        expect(mirrored(back.reported)).toEqual(ordered(there.reported));
      }
    });
  });

  function imagesOf(name: string): Image[] {
    return unpacked.get(name) ?? [];
  }

  function pairsOf(nameA: string, nameB: string): { a: Image; b: Image }[] {
    const [first] = imagesOf(nameA);
    return first === undefined ? [] : imagesOf(nameB).map((b) => ({ a: first, b }));
  }
});
