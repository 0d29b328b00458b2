import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const MOST_BYTES = 300_000;

// The build itself refuses code that imports modules of Node.
it('is small', () => {
  // No browser loads the licenses.
  const files = readdirSync(dist).filter((name) => name !== 'licenses.txt');
  const contents = files.map((name) => readFileSync(join(dist, name), 'utf8'));
  expect(files).toContain('index.html');
  expect(contents.reduce((sum, text) => sum + Buffer.byteLength(text), 0)).toBeLessThan(MOST_BYTES);
});
