import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, shell } from '@layers/testing/command';
import type { Block } from '@layers/testing/documentation/blocks';
import { needsTerminal, runOnTerminal } from '@layers/testing/documentation/explore-line';
import { blocksFor, COMMANDS, commandsOf } from '@layers/testing/documentation/runners';
import { isInstalled } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const scratch = useScratch();
const isRecipe = (page: string): boolean => page.startsWith('docs/recipes/');
const found = [...blocksFor(COMMANDS)];

/** Ages depend on the time, and sizes on the version of the compressor. */
const comparable = (text: string): string =>
  text
    .replaceAll(/(?:About an? |Less than a |\d+ )\w+ ago/g, 'AGO')
    .replaceAll(/gzip {2}[\d.]+ kB/g, 'gzip  SIZE')
    .replaceAll(/ {2,}/g, '  ');

let model: string | undefined;

/** A directory with the files that the examples name. */
function prepare(name: string): { folder: string; store: string } {
  model ??= makeModel();
  const folder = join(scratch.folder, name);
  const copied = shell(`cp -a '${model}' '${folder}'`);
  if (copied.status !== 0) throw new Error(copied.stderr);
  return { folder, store: join(folder, 'store') };
}

function makeModel(): string {
  const folder = join(scratch.folder, 'model');
  for (const path of ['examples', 'dist', 'rootfs/etc', 'archives', 'images', 'home'])
    mkdirSync(join(folder, path), { recursive: true });
  for (const file of ['demo.tar', 'demo-oci.tar', 'two-images.tar']) {
    copyFileSync(join(examples, file), join(folder, 'examples', file));
  }
  for (const file of ['app.tar', 'app-1.tar', 'base.tar', 'build-1.tar', 'build-2.tar', 'images/app.tar'])
    copyFileSync(join(examples, 'demo.tar'), join(folder, file));
  copyFileSync(join(examples, 'two-images.tar'), join(folder, 'both.tar'));
  writeFileSync(join(folder, 'dist/index.html'), '<h1>Bramble</h1>\n');
  writeFileSync(join(folder, 'rootfs/etc/motd'), 'hello\n');
  writeFileSync(join(folder, 'gitleaks.toml'), "[[rules]]\nid = 'own'\nregex = 'own-[0-9]{20}'\n");
  const store = join(folder, 'store');
  const made = shell(
    `cd '${folder}' && layers append app.tar --add dist:/srv --add rootfs:/ --tag bramble:1.5 -o app-2.tar && layers extract app.tar tree && layers export app.tar -o rootfs.tar
     layers check --json app.tar > main.json; cp rootfs.tar before.tar && layers load -i app.tar && layers load -i both.tar && layers save -o my-archive.tar.gz bramble:1.4 && layers fleet scan app.tar both.tar`,
    { LAYERS_STORE: store },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  return folder;
}

/** A proxy that is not there, so that no example leaves this machine. */
const OFFLINE = { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' };

/** Runs a line of a block of commands. */
async function runLine(line: string, folder: string, store: string): Promise<void> {
  const env = { LAYERS_STORE: store, HOME: join(folder, 'home'), ...OFFLINE };
  if (needsTerminal(line)) {
    expect([line, await runOnTerminal(line, folder, env)]).toEqual([line, 0]);
    return;
  }
  const isZsh = line.includes('completion zsh');
  if (isZsh && !isInstalled('zsh')) return;
  const here = line.replaceAll('/mnt/images', 'images');
  const { status, stderr } = isZsh
    ? shell(`cd '${folder}' && export -f layers && zsh -fc 'autoload -U compinit; compinit -D; ${here}'`, env)
    : shell(`cd '${folder}' && ${here}`, env);
  // A comparison ends with 1 where it finds a difference; no example shows an error.
  expect([line, stderr, [0, 1].includes(status ?? -1)]).toEqual([
    line,
    expect.not.stringMatching(/^error|not found$/m),
    true,
  ]);
}

/** Runs the commands of a block that shows their output. */
function compareOutput({ code }: Block, folder: string, store: string): void {
  for (const step of code.split(/^\$ /m).slice(1)) {
    const [line = '', ...expected] = step.split('\n');
    const { stdout, stderr } = shell(`cd '${folder}' && ${line}`, { LAYERS_STORE: store, COLUMNS: '100' });
    expect([line, comparable(stdout + stderr)]).toEqual([line, comparable(expected.join('\n'))]);
  }
}

/** Runs the queries of a block, one after the other. */
async function runQueries({ code }: Block, folder: string, store: string): Promise<void> {
  for (const query of code.split(';\n').filter((each) => each.trim() !== ''))
    await runLine(`layers fleet sql "${query.replaceAll(/^--.*$/gm, '')}"`, folder, store);
}

describe.each(found.filter(([page]) => !isRecipe(page)))('%s', (_, blocks) => {
  it.each(blocks.map((block) => [block.line, block] as const))('line %i', async (_line, block) => {
    const { folder, store } = prepare(`${block.page.replaceAll('/', '-')}-${block.line}`);
    if (block.language === 'console') compareOutput(block, folder, join(folder, 'shown'));
    else if (block.language === 'sql') await runQueries(block, folder, store);
    else for (const line of commandsOf(block)) await runLine(line, folder, store);
  });
});

describe.each(found.filter(([page]) => isRecipe(page)))('%s', (page, blocks) => {
  it('has commands that work from the first to the last, with the output that it shows', async () => {
    const folder = join(scratch.folder, page.replaceAll('/', '-'));
    mkdirSync(join(folder, 'examples'), { recursive: true });
    copyFileSync(join(examples, 'make-shop.mjs'), join(folder, 'examples/make-shop.mjs'));
    const store = join(folder, 'store');
    for (const block of blocks) {
      if (block.language === 'console') compareOutput(block, folder, store);
      else if (block.language === 'yaml') expect(parse(block.code)).toEqual(budgetsIn(folder));
      else if (block.language === 'dockerfile') expect(historyOfShop(folder, store)).toMatch(stepsOf(block));
      else for (const line of commandsOf(block)) await runLine(line, folder, store);
    }
  });
});

/** The budgets that a command of the page wrote. */
const budgetsIn = (folder: string): unknown => parse(readFileSync(join(folder, '.layers.yaml'), 'utf8'));

const historyOfShop = (folder: string, store: string): string =>
  shell(`cd '${folder}' && layers history --no-trunc images/shop-1.1.tar`, { LAYERS_STORE: store }).stdout;

/** Instructions of a Dockerfile, the newest first, as a history has them. */
const stepsOf = ({ code }: Block): RegExp =>
  new RegExp(
    code
      .trim()
      .split('\n')
      .reverse()
      .map((line) => line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^]*'),
  );
