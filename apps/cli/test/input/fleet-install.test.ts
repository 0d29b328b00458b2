import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fleetInstallLine, queueInstallLine } from '../../src/input/fleet-install.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-install-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
for (const [name, file] of [
  ['my project', 'package.json'],
  ['with-yarn', 'yarn.lock'],
] as const) {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, file), '');
}

const line = (path: string, cwd = '/'): string =>
  fleetInstallLine({ file: `${path}/dist/commands-all.cjs`, node: '/usr/bin/node', cwd, version: '1.2.3' });

test.skipIf(process.platform === 'win32').each([
  ['/usr/lib/node_modules/layers-cli', 'npm install --global @layers/fleet@1.2.3'],
  ['/opt/a b/lib/node_modules/layers-cli', "npm install --global --prefix '/opt/a b' @layers/fleet@1.2.3"],
  [
    '/home/me/.npm/_npx/1f/node_modules/layers-cli',
    'npm install --global layers-cli@1.2.3 @layers/fleet@1.2.3',
  ],
  ['/usr/share/layers-cli', 'npm install --global layers-cli@1.2.3 @layers/fleet@1.2.3'],
  ['/w/node_modules/.pnpm/layers-cli@1.2.3/node_modules/layers-cli', 'pnpm --dir /w add @layers/fleet@1.2.3'],
  [`${folder}/with-yarn/node_modules/layers-cli`, `yarn --cwd ${folder}/with-yarn add @layers/fleet@1.2.3`],
  [
    `${folder}/my project/node_modules/layers-cli`,
    `npm install --prefix '${folder}/my project' @layers/fleet@1.2.3`,
  ],
])('the command in %s finds what %s installs', (path, expected) => {
  expect(line(path)).toBe(expected);
});

test.skipIf(process.platform === 'win32')('a project is not named in it', () => {
  const project = join(folder, 'my project');
  expect(line(join(project, 'node_modules/layers-cli'), join(project, 'src'))).toBe(
    'npm install @layers/fleet@1.2.3',
  );
});

test('what a queue needs is installed beside the package of fleets', () => {
  const [node, cwd, version] = ['/usr/bin/node', '/', '1.2.3'];
  const lineFor = (path: string): string =>
    queueInstallLine({ file: `${path}/dist/commands-all.cjs`, node, cwd, version });
  expect(lineFor('/w/node_modules/.pnpm/layers-cli@1.2.3/node_modules/layers-cli')).toBe(
    'pnpm --dir /w add @layers/fleet@1.2.3 bullmq@6 ioredis@5',
  );
  expect(lineFor('/usr/share/layers-cli')).toBe(
    'npm install --global layers-cli@1.2.3 @layers/fleet@1.2.3 bullmq@6 ioredis@5',
  );
});
