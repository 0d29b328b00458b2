// Builds the site in build/site, with the API pages of typedoc in build/api, unless --no-api is given. The libraries that do so have their own lock file: only this script installs them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../scripts/setup.mjs';
import { linkApiToSite } from './api-links.mjs';
import { gather } from './gather.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const pages = join(root, 'site/build/pages');

function must(command, args, cwd) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
  process.exit(2);
}

function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex');
  const stamp = join(here, 'node_modules/.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('docs: installing VitePress (once)');
  must('npm', ['ci'], here);
  writeFileSync(stamp, lock);
}

ensureInstalled();
await gather(pages);
if (!process.argv.includes('--no-api')) {
  cpSync(join(root, 'build/api'), join(pages, 'public/api'), { recursive: true });
  linkApiToSite(join(pages, 'public/api'));
}
rmSync(join(root, 'build/site'), { recursive: true, force: true });
must(process.execPath, [join(here, 'node_modules/vitepress/bin/vitepress.js'), 'build', here], here);
console.error('docs: build/site/index.html');
