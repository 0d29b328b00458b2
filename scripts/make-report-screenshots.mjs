// Makes the pictures of `layers report` in docs/images/, after a build: the pages about the example image, about it and its next
// version, and about a fleet of versions, in Chromium.
//
//     node scripts/make-report-screenshots.mjs [FOLDER] [CHROMIUM]

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder = join(root, 'docs/images'), executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'layers-screenshots-'));

/** The pictures: the page, its address, the window. */
const PICTURES = [
  { name: 'report-light', page: 'demo', width: 1280 },
  { name: 'report-dark', page: 'demo', width: 1280, dark: true, hash: '#/?colour=waste&table=waste' },
  { name: 'report-wide', page: 'demo', width: 1920, hash: '#/srv/bramble?as=icicle&table=files' },
  { name: 'report-360', page: 'demo', width: 360 },
  { name: 'report-two-images', page: 'next', width: 1280 },
  { name: 'report-fleet', page: 'fleet', width: 1280 },
];

function layers(...args) {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'apps/cli/bin/layers.js'), ...args], {
    cwd: scratch,
    env: { PATH: process.env.PATH ?? '', HOME: '/proc/nonexistent', LAYERS_STORE: '/proc/nonexistent/store' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
}

/** Writes files of the next version of the example image. */
function writeNextVersion() {
  const files = join(scratch, 'files');
  const lines = (count, text) => Array.from({ length: count }, (_, i) => `${text} ${i}\n`).join('');
  for (const [path, text] of Object.entries({
    'srv/bramble/public/app.js': lines(900, "register('recipe', () => render(view));"),
    'srv/bramble/public/fonts/garden.woff2': lines(1500, 'glyph'),
    'srv/bramble/routes/tags.js': lines(200, "router.get('/tags', list);"),
    'var/lib/bramble/search.index': lines(4000, 'term'),
  })) {
    mkdirSync(dirname(join(files, path)), { recursive: true });
    writeFileSync(join(files, path), text);
  }
}

/** Makes versions of the images of the examples, and a fleet of all. */
function makeFleet() {
  copyFileSync(join(root, 'examples/two-images.tar'), join(scratch, 'two-images.tar'));
  const versions = ['demo.tar', 'next.tar', 'two-images.tar'];
  for (const [archive, image, repository, count] of [
    ['demo.tar', 'bramble:1.4', 'bramble', 5],
    ['two-images.tar', 'bramble-web:2.0', 'bramble-web', 6],
    ['two-images.tar', 'bramble-worker:2.0', 'bramble-worker', 3],
  ]) {
    for (let version = 1; version <= count; version++) {
      const folder = join(scratch, `${repository}-${version}`);
      mkdirSync(join(folder, 'srv'), { recursive: true });
      const line = `${repository} ${version} of the index of recipes\n`;
      writeFileSync(join(folder, 'srv/index'), line.repeat(400 * (1 + ((version * 3) % 5))));
      const name = `${repository}-${version}.tar`;
      const added = ['--add', `${folder}:/`, '--mtime', '1700000000', '-m', 'COPY index /srv/'];
      layers(
        'append',
        archive,
        '--image',
        image,
        ...added,
        '--tag',
        `${repository}:3.${version}`,
        '-o',
        name,
      );
      versions.push(name);
    }
  }
  layers('fleet', 'scan', ...versions);
  layers('report', '--fleet', 'fleet', '-o', 'fleet.html');
}

try {
  // Names without the directory of this checkout.
  const demo = 'demo.tar';
  copyFileSync(join(root, 'examples', demo), join(scratch, demo));
  writeNextVersion();
  const added = ['--add', 'files', '--mtime', '1700000000', '-m', 'the next version'];
  const deleted = ['--delete', '/usr/lib/base/messages.txt', '--delete', '/srv/bramble/public/icons/*'];
  layers('append', demo, ...added, ...deleted, '--tag', 'bramble-web:2.1', '-o', 'next.tar');
  layers('report', demo, '-o', 'demo.html');
  layers('report', demo, 'next.tar', '-o', 'next.html');
  makeFleet();
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  for (const { name, page: file, width, dark = false, hash = '' } of PICTURES) {
    const page = await browser.newPage({
      viewport: { width, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
    });
    await page.goto(pathToFileURL(join(scratch, `${file}.html`)).href + hash);
    await page.waitForSelector('button.canvas canvas');
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    await page.close();
  }
  await browser.close();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
