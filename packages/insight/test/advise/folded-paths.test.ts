import { expect, it } from 'vitest';
import { foldPaths } from '../../src/advise/folded-paths.ts';

const files = (directory: string, count: number, sizeBytes: number) =>
  Array.from({ length: count }, (_, i) => ({ path: Buffer.from(`${directory}/${i}`), sizeBytes }));

it('names the deepest directory with almost all bytes, and counts what is beside it', () => {
  const { paths, others } = foldPaths([
    ...files('/usr/include', 30, 200),
    ...files('/usr/lib/gcc', 30, 200),
    ...files('/opt/a', 30, 150),
    ...files('/opt/b', 30, 150),
    ...files('/usr/libexec', 30, 100),
    ...files('/usr/share/go-1.19/src', 30, 100),
    ...Array.from({ length: 20 }, (_, i) => ({ path: Buffer.from(`/usr/share/tool-${i}/x`), sizeBytes: 1 })),
  ]);
  const named = paths.map(({ path }) => path);
  expect(named).toContain('/usr/share/go-1.19/src/');
  expect(named).not.toContain('/usr/share/');
  const sizes = paths.reduce((sum, { sizeBytes }) => sum + sizeBytes, others.sizeBytes);
  expect(sizes).toBe(30 * (200 + 200 + 150 + 150 + 100 + 100) + 20);
});

it('names a directory whose parts share its bytes', () => {
  const { paths } = foldPaths(files('/usr/share/doc', 30, 10));
  expect(paths).toMatchObject([{ path: '/usr/share/doc/', sizeBytes: 300, files: 30 }]);
});
