import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, shell } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const root = join(examples, '..');
const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const pages = ['README.md', ...['docs', 'docs/coming-from', 'docs/internals'].flatMap(markdownIn)];
const recipes = markdownIn('docs/recipes');
const scratch = useScratch();

interface Block {
  readonly language: string;
  readonly code: string;
}

/** Blocks of a page that begin with three backticks and a language. */
function allBlocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}

const blocksOf = (page: string, language: string): string[] =>
  allBlocksOf(page)
    .filter((block) => block.language === language)
    .map(({ code }) => code);

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
  for (const path of ['examples', 'dist', 'rootfs/etc', 'archives'])
    mkdirSync(join(folder, path), { recursive: true });
  for (const file of ['demo.tar', 'demo-oci.tar', 'two-images.tar']) {
    copyFileSync(join(examples, file), join(folder, 'examples', file));
  }
  for (const file of ['app.tar', 'app-1.tar', 'base.tar', 'build-1.tar', 'build-2.tar'])
    copyFileSync(join(examples, 'demo.tar'), join(folder, file));
  copyFileSync(join(examples, 'two-images.tar'), join(folder, 'both.tar'));
  writeFileSync(join(folder, 'dist/index.html'), '<h1>Bramble</h1>\n');
  writeFileSync(join(folder, 'rootfs/etc/motd'), 'hello\n');
  writeFileSync(join(folder, 'gitleaks.toml'), "[[rules]]\nid = 'own'\nregex = 'own-[0-9]{20}'\n");
  const store = join(folder, 'store');
  const made = shell(
    `cd '${folder}' && layers append app.tar --add dist:/srv --add rootfs:/ --tag bramble:1.5 -o app-2.tar && layers extract app.tar tree && layers export app.tar -o rootfs.tar
     cp rootfs.tar before.tar && layers load -i app.tar && layers load -i both.tar && layers save -o my-archive.tar.gz bramble:1.4 && layers fleet scan app.tar both.tar`,
    { LAYERS_STORE: store },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  return folder;
}

/** A proxy that is not there, so that no example leaves this machine. */
const OFFLINE = { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' };
const NAMES_REGISTRY = /docker:\/\/|ghcr\.io|localhost:\d/;

/** Runs a line of a block of commands. */
function runLine(line: string, folder: string, store: string): void {
  const { status, stderr } = shell(`cd '${folder}' && ${line}`, { LAYERS_STORE: store, ...OFFLINE });
  // No registry answers here; the command line is accepted.
  if (NAMES_REGISTRY.test(line) && /\[ERR_LAYERS_REGISTRY(?:_WRITE)?\]/.test(stderr)) return;
  // No terminal and no Docker Engine is here.
  if (/layers explore /.test(line) && /\[ERR_LAYERS_TERMINAL\]/.test(stderr)) return;
  if (/docker-daemon/.test(line) && /\[ERR_LAYERS_DAEMON(?:_LOAD)?\]/.test(stderr)) return;
  // A comparison ends with 1 where it finds a difference; no example shows an error.
  expect([line, stderr, [0, 1].includes(status ?? -1)]).toEqual([
    line,
    expect.not.stringMatching(/^error/m),
    true,
  ]);
}

/** Runs the commands of a block that shows their output. */
function compareOutput(block: string, folder: string, store: string): void {
  for (const step of block.split(/^\$ /m).slice(1)) {
    const [line = '', ...expected] = step.split('\n');
    const { stdout, stderr } = shell(`cd '${folder}' && ${line}`, { LAYERS_STORE: store, COLUMNS: '100' });
    expect([line, comparable(stdout + stderr)]).toEqual([line, comparable(expected.join('\n'))]);
  }
}

/** A page without commands has nothing to run. */
const hasCommands = (page: string): boolean =>
  blocksOf(page, 'console').length + blocksOf(page, 'sh').length > 0;

describe.each(pages.filter(hasCommands))('%s', (page) => {
  const consoles = blocksOf(page, 'console');
  if (consoles.length > 0)
    it('shows the output of its commands', () => {
      for (const [i, block] of consoles.entries()) {
        const { folder } = prepare(`console-${page.replaceAll('/', '-')}-${i}`);
        compareOutput(block, folder, join(folder, 'shown'));
      }
    });

  const scripts = blocksOf(page, 'sh');
  if (scripts.length > 0)
    it('has commands that work', () => {
      for (const [i, block] of scripts.entries()) {
        const { folder, store } = prepare(`script-${page.replaceAll('/', '-')}-${i}`);
        for (const line of block.split('\n').filter((each) => /^[a-z]/.test(each)))
          runLine(line, folder, store);
      }
    });
});

describe.each(recipes.filter(hasCommands))('%s', (page) => {
  it('has commands that work from the first to the last, with the output that it shows', () => {
    const folder = join(scratch.folder, page.replaceAll('/', '-'));
    mkdirSync(join(folder, 'examples'), { recursive: true });
    copyFileSync(join(examples, 'make-shop.mjs'), join(folder, 'examples/make-shop.mjs'));
    const store = join(folder, 'store');
    for (const { language, code } of allBlocksOf(page)) {
      if (language === 'console') compareOutput(code, folder, store);
      else if (language === 'sh')
        for (const line of code.split('\n').filter((each) => /^\w/.test(each))) runLine(line, folder, store);
    }
  });
});
