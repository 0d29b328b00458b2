import { expect, test } from 'vitest';
import type { PackageReader } from '../../src/packages/languages/language-package.ts';
import { ManifestPackages } from '../../src/packages/manifests/read-manifests.ts';

const found = (count: number) =>
  Array.from(
    { length: count },
    (_, i) =>
      ({
        ecosystem: 'npm',
        namespace: null,
        name: `p${i}`,
        version: '1',
        licences: [],
        platform: null,
        innerPath: null,
        isWholeFile: false,
      }) as const,
  );

const file = (count: number) => {
  const reader: PackageReader = { ecosystems: ['npm'], wants: () => true, read: () => found(count) };
  return { path: Buffer.from('/a'), layer: 0, entry: 0, size: 1, reader, node: 1, removedFrom: null };
};

const content = { path: '/a', size: 0, read: () => new Uint8Array(0) };

function packagesOf(files: Iterable<ReturnType<typeof file>>, isWanted = (_: string): boolean => true) {
  const manifests = new ManifestPackages(files, isWanted);
  for (const { task } of manifests.tasks()) task.take(content);
  const packages = manifests.read.reduce((sum, each) => sum + each.packages.length, 0);
  return { packages, findings: manifests.findings.map(({ code, message }) => `${code}: ${message}`) };
}

test('packages within the limits are read', () => {
  expect(packagesOf([file(2), file(0), file(3)])).toEqual({ packages: 5, findings: [] });
});

test('manifests beyond the limit are not read, with a finding', () => {
  const many = Array.from({ length: 200_001 }, () => file(1));
  expect(packagesOf(many.slice(1))).toEqual({ packages: 200_000, findings: [] });
  expect(packagesOf(many)).toEqual({
    packages: 200_000,
    findings: ['packages-not-listed: only 200000 manifests with 200000 packages were read'],
  });
});

test('packages beyond the limit are not listed, with a finding', () => {
  expect(packagesOf([file(300_000), file(300_000)])).toEqual({
    packages: 500_000,
    findings: ['packages-not-listed: only 2 manifests with 500000 packages were read'],
  });
});

test('packages of other ecosystems do not count', () => {
  expect(packagesOf([file(2)], (ecosystem) => ecosystem === 'golang')).toEqual({ packages: 0, findings: [] });
});
