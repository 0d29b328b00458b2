// Each package as npm would publish it: publint finds nothing, and packed and installed in an empty folder it runs.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './setup.mjs';

const packages = [
  'packages/errors',
  'packages/tar',
  'packages/core',
  'packages/rewrite',
  'packages/store',
  'apps/cli',
];
const folder = mkdtempSync(join(tmpdir(), 'layers-pack-'));
const npm = (args, cwd) =>
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

try {
  for (const path of packages) {
    const publint = spawnSync(
      process.execPath,
      [join(root, 'node_modules/publint/src/cli.js'), join(root, path), '--strict', '--pack', 'npm'],
      {
        stdio: 'inherit',
      },
    );
    if (publint.status !== 0) throw new Error(`publint finds fault with ${path}`);
    npm(['pack', '--silent', '--pack-destination', folder], join(root, path));
  }
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'empty', private: true, type: 'module' }),
  );
  // No package needs an install script.
  npm(
    [
      'install',
      '--silent',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      ...tarballs.map((name) => `./${name}`),
    ],
    folder,
  );

  const demo = join(root, 'examples/demo.tar');
  const shown = execFileSync(join(folder, 'node_modules/.bin/layers'), ['inspect', '--json', demo], {
    encoding: 'utf8',
  });
  const { totals } = JSON.parse(shown);
  writeFileSync(
    join(folder, 'use.js'),
    `import { inspectImage, openImage } from '@layers/core';
import { walkTar } from '@layers/tar';
if (typeof walkTar !== 'function') throw new Error('@layers/tar exports no walkTar');
const { totals } = await inspectImage(await openImage(process.argv[2]));
console.log(JSON.stringify(totals));
`,
  );
  const used = execFileSync(process.execPath, [join(folder, 'use.js'), demo], { encoding: 'utf8' });
  if (JSON.stringify(totals) !== used.trim())
    throw new Error(`the packed command and library differ: ${used}`);
  console.error(`packed and installed: ${tarballs.join(', ')}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
