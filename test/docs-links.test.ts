import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

function node(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return stdout + stderr;
}

/** Prints what is wrong with a page that has this text. */
const problemsOf = (file: string, markdown: string): unknown =>
  JSON.parse(
    node(
      '--input-type=module',
      '--eval',
      `import { problemsOf } from './site/check-links.mjs';
       console.log(JSON.stringify(problemsOf(${JSON.stringify(file)}, ${JSON.stringify(markdown)})));`,
    ),
  );

test('every link of the pages leads to a file and a heading', () => {
  expect(node('site/check-links.mjs')).toBe('');
});

test('links to what does not exist are found', () => {
  const markdown = `# A title

[page](store.md), [none](no-page.md), [heading](registry.md#with-parts-of-layers), [none](registry.md#no-heading),
[own](#a-title), [\`none\`](#none), [other host](https://example.org/x), [code](../README.md#try-it)

\`[in code](no-file.md)\`

\`\`\`sh
echo '[in a block](no-file.md)'
\`\`\`
`;
  expect(problemsOf('docs/a.md', markdown)).toEqual([
    'docs/a.md: no-page.md',
    'docs/a.md: registry.md#no-heading',
    'docs/a.md: #none',
  ]);
});

test('paths of sources that do not exist are found in the pages for contributors', () => {
  const markdown =
    'See `packages/core/src/index.ts`, `apps/cli/src/none.ts` and `apps/cli/src/commands/NAME.ts`.';
  expect(problemsOf('docs/internals/a.md', markdown)).toEqual(['docs/internals/a.md: apps/cli/src/none.ts']);
});
