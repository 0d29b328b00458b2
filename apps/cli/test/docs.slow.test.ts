import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, shell } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const root = join(examples, '..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const scratch = useScratch();

/** Blocks of a page that begin with three backticks and a language. */
function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , block = '']) => block);
}

/** Ages depend on the time, and sizes on the version of the compressor. */
const comparable = (text: string): string =>
  text
    .replaceAll(/(?:About an? |Less than a |\d+ )\w+ ago/g, 'AGO')
    .replaceAll(/gzip {2}[\d.]+ kB/g, 'gzip  SIZE')
    .replaceAll(/ {2,}/g, '  ');

/** A directory with the files that the examples name. */
function prepare(name: string): { folder: string; store: string } {
  const folder = join(scratch.folder, name);
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
     cp rootfs.tar before.tar && layers load -i app.tar && layers load -i both.tar && layers save -o my-archive.tar.gz bramble:1.4`,
    { LAYERS_STORE: store },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  return { folder, store };
}

/** A proxy that is not there, so that no example leaves this machine. */
const OFFLINE = { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' };
const NAMES_REGISTRY = /docker:\/\/|ghcr\.io|localhost:\d/;

/** A page without commands has nothing to run. */
const hasCommands = (page: string): boolean =>
  blocksOf(page, 'console').length + blocksOf(page, 'sh').length > 0;

describe.each(pages.filter(hasCommands))('%s', (page) => {
  const consoles = blocksOf(page, 'console');
  if (consoles.length > 0)
    it('shows the output of its commands', () => {
      for (const [i, block] of consoles.entries()) {
        const { folder } = prepare(`console-${page.replaceAll('/', '-')}-${i}`);
        for (const step of block.split(/^\$ /m).slice(1)) {
          const [line = '', ...expected] = step.split('\n');
          const { stdout, stderr } = shell(`cd '${folder}' && ${line}`, {
            LAYERS_STORE: join(folder, 'shown'),
            COLUMNS: '100',
          });
          expect([line, comparable(stdout + stderr)]).toEqual([line, comparable(expected.join('\n'))]);
        }
      }
    });

  const scripts = blocksOf(page, 'sh');
  if (scripts.length > 0)
    it('has commands that work', () => {
      for (const [i, block] of scripts.entries()) {
        const { folder, store } = prepare(`script-${page.replaceAll('/', '-')}-${i}`);
        for (const line of block.split('\n').filter((each) => /^[a-z]/.test(each))) {
          const { status, stderr } = shell(`cd '${folder}' && ${line}`, { LAYERS_STORE: store, ...OFFLINE });
          // No registry answers here; the command line is accepted.
          if (NAMES_REGISTRY.test(line) && /\[ERR_LAYERS_REGISTRY(?:_WRITE)?\]/.test(stderr)) continue;
          // No terminal is here.
          if (/layers explore /.test(line) && /\[ERR_LAYERS_TERMINAL\]/.test(stderr)) continue;
          // A comparison ends with 1 where it finds a difference; no example shows an error.
          expect([line, stderr, [0, 1].includes(status ?? -1)]).toEqual([
            line,
            expect.not.stringMatching(/^error/m),
            true,
          ]);
        }
      }
    });
});
