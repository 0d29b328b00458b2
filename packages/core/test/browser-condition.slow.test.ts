import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const examples = pathOf('../../../examples');
const archives = readdirSync(examples).filter((name) => name.endsWith('.tar'));

function documentsOf(archive: string, conditions: readonly string[]): string {
  const args = [...conditions, pathOf('browser-condition.mjs'), join(examples, archive)];
  return execFileSync(process.execPath, args, { encoding: 'utf8' });
}

it.each(archives)('gives the same documents of %s with the implementations for browsers', (archive) => {
  expect(documentsOf(archive, ['--conditions=browser'])).toBe(documentsOf(archive, []));
});

it.each(['core', 'tar', 'insight'])(
  'has an implementation for Node beside each one for browsers: %s',
  (name) => {
    const source = pathOf(`../../${name}/src`);
    const files = new Set(readdirSync(source, { recursive: true, encoding: 'utf8' }));
    const forBrowsers = [...files].filter((file) => file.endsWith('.browser.ts'));
    expect(forBrowsers.length).toBeGreaterThan(0);
    for (const file of forBrowsers) expect(files).toContain(file.replace('.browser.ts', '.ts'));
    const imported = [...files]
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...readFileSync(join(source, file), 'utf8').matchAll(/'#[a-z]+\/(.+)\.js'/g)])
      .map(([, file]) => `${file}.browser.ts`);
    expect(new Set(imported)).toEqual(new Set(forBrowsers));
  },
);
