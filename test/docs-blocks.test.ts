import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Block, blocksIn, blocksOf, pages } from '@layers/testing/documentation/blocks';
import {
  blocksFor,
  COMMANDS,
  commandsOf,
  runnerOf,
  SERVICES,
  SYSTEMS,
  UNEXECUTED,
} from '@layers/testing/documentation/runners';
import ts from 'typescript';
import { describe, expect, it, test } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const placeOf = ({ page, line, language, code }: Block): string =>
  `${page}:${line} ${language}: ${code.split('\n')[0]}`;
const blocks = pages.flatMap(blocksOf);

test('a test executes or checks every block of code of the pages', () => {
  expect(blocks.length).toBeGreaterThan(100);
  expect(blocks.filter((block) => runnerOf(block) === null).map(placeOf)).toEqual([]);
});

test('a block in another language, or an indented one, is executed by no test', () => {
  const [indented, bash, yaml, sh] = blocksIn(
    'docs/new.md',
    'Text:\n\n    layers inspect app.tar\n    layers ls app.tar\n\n```bash\nlayers ls app.tar\n```\n```yaml\na: 1\n```\n- item\n\n  ```sh\n  layers ls\n  ```\n',
  );
  expect(indented).toMatchObject({
    line: 3,
    language: 'indented',
    code: 'layers inspect app.tar\nlayers ls app.tar\n',
  });
  expect(bash).toMatchObject({ line: 6, code: 'layers ls app.tar\n' });
  for (const block of [indented, bash, yaml])
    expect(block === undefined ? undefined : runnerOf(block)).toBeNull();
  expect(sh === undefined ? undefined : runnerOf(sh)?.by).toBe(COMMANDS);
});

test('a block that names a registry or another tool is executed beside it', () => {
  for (const code of ['layers ls docker://app', 'skopeo inspect x', 'docker save app | layers inspect -'])
    expect([code, runnerOf({ page: 'docs/new.md', line: 1, language: 'sh', code })?.by]).toEqual([
      code,
      SERVICES,
    ]);
});

test('the tests that execute blocks ask for them, or read their page', () => {
  const names = new Map([
    [COMMANDS, 'COMMANDS'],
    [SERVICES, 'SERVICES'],
    [SYSTEMS, 'SYSTEMS'],
    [UNEXECUTED, 'UNEXECUTED'],
  ]);
  const expected = new Set(
    blocks.map((block) => {
      const { by = '', contains = block.page } = runnerOf(block) ?? {};
      return JSON.stringify([by, names.has(by) ? `blocksFor(${names.get(by)})` : contains]);
    }),
  );
  for (const [file, contains] of [...expected].map((each) => JSON.parse(each)))
    expect([file, readFileSync(path(file), 'utf8').includes(contains), contains]).toEqual([
      file,
      true,
      contains,
    ]);
});

test('a reader can type the commands of a recipe one after the other', () => {
  const commands = pages
    .filter((page) => page.startsWith('docs/recipes/'))
    .flatMap(blocksOf)
    .filter(({ language }) => language === 'sh' || language === 'console')
    .flatMap((block) => commandsOf(block));
  expect(commands.length).toBeGreaterThan(20);
  // What comes next is relative to the first directory.
  expect(commands.filter((line) => /^(?:\$ )?cd /.test(line))).toEqual([]);
});

describe.each([...blocksFor(UNEXECUTED)])('%s', (_page, unexecuted) => {
  it.each(unexecuted.map((block) => [placeOf(block), block] as const))('%s', (_place, block) => {
    if (block.language === 'sh') checkCommands(block);
    else if (block.language === 'ts') expect(syntaxErrorsIn(block.code)).toEqual([]);
    else if (block.language === 'json') expect(JSON.parse(block.code)).toBeTypeOf('object');
    else expect(block.code).not.toMatch(/^ *(?:\$ |(?:layers|docker|npm|npx|node|skopeo|git|sudo) )/m);
  });
});

/** Checks that bash accepts the commands, and that the scripts that they name exist. */
function checkCommands(block: Block): void {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: block.code, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  for (const line of commandsOf(block)) expect([line, existsFor(line)]).toEqual([line, true]);
}

function existsFor(line: string): boolean {
  const scripts: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(path('package.json'), 'utf8'),
  ).scripts;
  const command = line.replace(/^sudo /, '').replaceAll(/^(?:\w+=\S+ )+/g, '');
  const [, script] = /^npm (?:run )?(start|test|[\w:]+)\b/.exec(command) ?? [];
  if (script !== undefined) return script in scripts;
  const [, tool] = /^npx (\w+)/.exec(command) ?? [];
  if (tool !== undefined) return existsSync(path(`node_modules/.bin/${tool}`));
  const [, file] = /^(?:perf record -g )?(?:node )?([\w.-]+\/[\w./-]+)/.exec(command) ?? [];
  if (file !== undefined) return existsSync(path(file));
  return /^(?:git|layers|npx -y pnpm@) ?/.test(command);
}

/** Returns what is wrong with a part of a program: statements, elements of a list, or a part of a function. */
function syntaxErrorsIn(code: string): string[] {
  const errors = [code, `[${code}]`, `async () => {${code}}`].map((each) =>
    (ts.transpileModule(each, { reportDiagnostics: true }).diagnostics ?? []).map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, '\n'),
    ),
  );
  return errors.find((list) => list.length === 0) ?? errors[0] ?? [];
}
