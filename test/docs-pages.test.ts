import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

function node(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return stdout + stderr;
}

/** Returns what a program prints as JSON. */
const evaluate = (program: string): unknown => JSON.parse(node('--input-type=module', '--eval', program));

/** Returns what is wrong with the links of a page that has this text. */
const problemsOf = (file: string, markdown: string): unknown =>
  evaluate(
    `import { problemsOf } from './site/check-links.mjs';
     console.log(JSON.stringify(problemsOf(${JSON.stringify(file)}, ${JSON.stringify(markdown)})));`,
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

test('text that is only for the site is a comment elsewhere', () => {
  const markdown = 'a\n\n<!-- site\n[b](/downloads/b.tar)\n-->\n\n<!-- c -->\n';
  expect(
    evaluate(
      `import { showSiteOnly } from './site/downloads.mjs';
       console.log(JSON.stringify(showSiteOnly(${JSON.stringify(markdown)})));`,
    ),
  ).toBe('a\n\n[b](/downloads/b.tar)\n\n\n<!-- c -->\n');
});

test('links of API pages to Markdown lead to the pages of the site', () => {
  const html = '<a href="../media/cache.md#how-large-it-is">1</a> <a href="../media/README-1.md">2</a>';
  expect(
    evaluate(
      `import { linkToSite } from './site/api-links.mjs';
       console.log(JSON.stringify(linkToSite(${JSON.stringify(html)}, 'documents/json.html')));`,
    ),
  ).toBe('<a href="../../cache.html#how-large-it-is">1</a> <a href="../media/README-1.md">2</a>');
});

test('every command line of the pages has a command and options that exist', () => {
  expect(node('site/check-commands.mjs')).toBe('');
});

test('commands and options that do not exist are found in blocks, indented lines, tables and text', () => {
  const markdown = `Type \`layers squish app.tar\`, or \`docker save app | layers waste --all --tops 3 -\`.

    LAYERS_STORE=x layers save --no-such app:1 -o 'layers none.tar'    # layers none

| a | b |
|---|---|
| \`a \\| layers ls -lX app.tar\` | layers in prose are no commands |

\`\`\`sh
layers load -i app.tar && layers pulll app
\`\`\`

\`\`\`console
$ layers diff --nothing a b
layers not read: output
\`\`\`

\`\`\`yaml
image: registry.example/layers
run: layers fleet scan --share 1/2
script: npx layers-cli chek app.tar
\`\`\`

\`\`\`bash
sbatch --wrap 'layers ls --nope app.tar'
\`\`\`
`;
  expect(
    evaluate(
      `import { optionsOf, wrongCommands } from './site/check-commands.mjs';
       import { loadRecords } from './site/records.mjs';
       const options = optionsOf(await loadRecords('site/build/check'));
       console.log(JSON.stringify(wrongCommands('a.md', ${JSON.stringify(markdown)}, options)));`,
    ),
  ).toEqual([
    'a.md: layers pulll app',
    'a.md: layers diff --nothing',
    'a.md: layers fleet --share',
    'a.md: layers chek app.tar',
    'a.md: layers ls --nope',
    'a.md: layers save --no-such',
    'a.md: layers squish app.tar',
    'a.md: layers waste --tops',
    'a.md: layers ls -lX',
  ]);
});
