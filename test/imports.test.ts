import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const RELATIVE_IMPORT = /\bfrom '(\.[^']*)'/g;

/** The package or app of a source, such as `packages/tar`; `test` for tests across packages. */
const ownerOf = (path: string): string =>
  /^(?:packages|apps)\/[^/]+|^[^/]+/.exec(relative(root, path))?.[0] ?? '';

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ['node_modules', 'dist', 'build'].includes(entry.name) ? [] : sourcesBelow(path);
    }
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

test('a package is imported by its name, never by a path', () => {
  const files = ['packages', 'apps', 'test'].flatMap((name) => sourcesBelow(join(root, name)));
  const crossing = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(RELATIVE_IMPORT)]
      .map(([, path = '']) => join(dirname(file), path))
      .filter((target) => ownerOf(target) !== ownerOf(file) && ownerOf(target) !== 'vitest.config.ts')
      .map((target) => `${relative(root, file)} imports ${relative(root, target)}`),
  );
  expect(files.length).toBeGreaterThan(500);
  expect(crossing).toEqual([]);
});

test('the tar writer of the tests shares no code with the sources', () => {
  const text = readFileSync(join(root, 'packages/testing/src/tar-builder.ts'), 'utf8');
  expect(text).not.toMatch(/^import|\bimport\(/m);
});
