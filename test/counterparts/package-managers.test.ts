import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeOf } from './make-roots.ts';
import { attempt, run } from './processes.ts';

/** The packages as users install them. The optional @layers/fleet is left out: it is large, and `npm run check` installs it. */
const FOLDERS = [
  'packages/errors',
  'packages/gotemplate',
  'packages/tar',
  'packages/core',
  'packages/rewrite',
  'packages/store',
  'packages/registry',
  'packages/insight',
  'apps/cli',
];
const root = fileURLToPath(new URL('../..', import.meta.url));
const demo = join(root, 'examples/demo.tar');
const folder = mkdtempSync(join(tmpdir(), 'layers-managers-'));
const packed = join(folder, 'packed');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let expected = '';
beforeAll(async () => {
  mkdirSync(packed);
  const paths = FOLDERS.map((path) => join(root, path));
  await run('npm', ['pack', '--silent', '--pack-destination', packed, ...paths]);
  expected = (await run(join(root, 'apps/cli/bin/layers.js'), ['inspect', '--json', demo])).toString();
});

/** Makes a folder whose only dependencies are the packed packages, which also stand for each other. */
function emptyFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  const files = readdirSync(packed);
  const packages = Object.fromEntries(
    FOLDERS.map((each) => {
      const manifest: unknown = JSON.parse(readFileSync(join(root, each, 'package.json'), 'utf8'));
      const own =
        typeof manifest === 'object' && manifest !== null && 'name' in manifest ? String(manifest.name) : '';
      const start = own.replace('@', '').replace('/', '-');
      return [own, `file:../packed/${files.find((file) => file.startsWith(`${start}-1`))}`];
    }),
  );
  const manifest = {
    name: 'empty',
    version: '1.0.0',
    license: 'MIT',
    private: true,
    type: 'module',
    dependencies: packages,
    resolutions: packages,
    pnpm: { overrides: packages },
  };
  writeFileSync(join(path, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(path, '.yarnrc.yml'), 'enableTelemetry: false\n');
  writeFileSync(
    join(path, 'use.js'),
    `import { inspectImage, openImage } from '@layers/core';
console.log(JSON.stringify((await inspectImage(await openImage(process.argv[2]))).totals));
`,
  );
  return path;
}

const QUIETLY = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
/** Imports all entries of the packages, and prints their names. */
const IMPORT_ALL = `
import { readdirSync, readFileSync } from 'node:fs';
for (const name of readdirSync('node_modules/@layers')) {
  const { exports } = JSON.parse(readFileSync('node_modules/@layers/' + name + '/package.json', 'utf8'));
  for (const path of Object.keys(exports).filter((path) => !/json$|[*]/.test(path))) {
    await import('@layers/' + name + path.slice(1));
    console.log('@layers/' + name + path.slice(1));
  }
}
`;
const cliTarball = (): string => readdirSync(packed).find((file) => file.startsWith('layers-cli-')) ?? '';
const totalsIn = (json: string): unknown => JSON.parse(json).totals;

describe('the packages, installed in an empty folder', () => {
  it.each([
    { name: 'pnpm', start: ['pnpm@10.34.8'], install: ['install', '--prefer-offline'], exec: ['exec'] },
    {
      name: 'yarn 1',
      start: ['yarn@1.22.22'],
      install: ['install', '--non-interactive', '--prefer-offline'],
      exec: ['--silent', 'run'],
    },
    // Without node_modules: each package must declare what it imports.
    {
      name: 'yarn 4',
      start: ['--package=@yarnpkg/cli-dist@4.18.1', 'yarn'],
      install: ['install'],
      exec: ['exec'],
    },
  ])('by $name run, without a warning', async ({ name, start, install, exec }) => {
    const cwd = emptyFolder(name.replace(' ', ''));
    // In CI, managers refuse to write a lock file.
    const options = { cwd, env: { ...process.env, CI: '', YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' } };
    const manager = (...args: readonly string[]) => attempt('npx', ['--yes', ...start, ...args], options);
    const { status, stdout, stderr } = await manager(...install);
    // Yarn 4 says of all modules that its support of them is experimental.
    const printed = `${stdout}${stderr}`.replace(/^.*ESM support for PnP.*$/m, '');
    expect([status, printed]).toEqual([0, expect.not.stringMatching(/\bwarning\b|\bWARN\b|YN0004|YN0086/)]);
    const shown = await manager(...exec, 'layers', 'inspect', '--json', demo);
    expect([shown.stderr, totalsIn(shown.stdout.toString())]).toEqual(['', totalsIn(expected)]);
    const use = ['use.js', demo];
    const used =
      name === 'yarn 4' ? await manager(...exec, 'node', ...use) : await attempt('node', use, options);
    expect([used.status, JSON.parse(used.stdout.toString())]).toEqual([0, totalsIn(expected)]);
  });

  it.each([
    { node: 22, npm: 10 },
    ...(process.env['LAYERS_LONG'] === '1' ? [{ node: 24, npm: 11 }] : []),
    { node: 26, npm: 12 },
  ])('by npm $npm run on Node $node, without a warning', async ({ node, npm }) => {
    const cwd = emptyFolder(`npm${npm}`);
    const tools = join(folder, `node${node}`);
    const program = await nodeOf(node, tools);
    await run('npm', ['install', ...QUIETLY, '--prefix', tools, `npm@${npm}`]);
    const options = { cwd, env: { ...process.env, PATH: `${dirname(program)}:${process.env['PATH']}` } };
    const npmOf = (name: string, ...args: readonly string[]) =>
      attempt(program, [join(tools, `node_modules/npm/bin/${name}-cli.js`), ...args], options);
    // npm warns of settings of this machine that it does not know.
    const own = (text: string) => text.replaceAll(/^npm (warn Unknown .* config|notice) .*\n/gm, '');
    const { status, stdout, stderr } = await npmOf('npm', 'install', '--no-audit', '--prefer-offline');
    expect([status, own(`${stdout}${stderr}`)]).toEqual([0, expect.not.stringMatching(/warn|deprecated/i)]);

    writeFileSync(join(cwd, 'all.js'), IMPORT_ALL);
    const imported = await attempt(program, ['all.js'], options);
    expect([imported.stderr, imported.status]).toEqual(['', 0]);
    expect(imported.stdout.toString().split('\n')).toEqual(
      expect.arrayContaining(['@layers/core', '@layers/core/oci', '@layers/insight']),
    );

    copyFileSync(join(packed, cliTarball()), join(cwd, 'layers-cli.tgz'));
    copyFileSync(demo, join(cwd, 'app.tar'));
    const shown = await npmOf('npx', '--yes', './layers-cli.tgz', 'inspect', '--json', 'app.tar');
    expect([own(shown.stderr), totalsIn(shown.stdout.toString())]).toEqual(['', totalsIn(expected)]);
  });

  it('is run by npx from a tarball', async () => {
    const cwd = join(folder, 'npx');
    mkdirSync(cwd);
    copyFileSync(join(packed, cliTarball()), join(cwd, 'layers-cli.tgz'));
    copyFileSync(demo, join(cwd, 'app.tar'));
    const { status, stdout, stderr } = await attempt(
      'npx',
      ['--yes', './layers-cli.tgz', 'inspect', '--json', 'app.tar'],
      { cwd },
    );
    expect([status, stderr.toString(), totalsIn(stdout.toString())]).toEqual([0, '', totalsIn(expected)]);
  });
});
