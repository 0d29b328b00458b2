import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from './layers-command.ts';
import { attempt, run } from './processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const demo = join(root, 'examples/demo.tar');
const folder = mkdtempSync(join(tmpdir(), 'layers-executable-test-'));
const program = join(folder, 'layers');
// Neither Node nor another directory of the user.
const env = { PATH: '/nonexistent', HOME: folder, LAYERS_STORE: join(folder, 'store'), LAYERS_CACHE: 'off' };
const layers = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
  attempt(program, args, { env: { ...env, ...more } });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const name = `node-linux-${process.arch}`;
  await run('npm', [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--prefix',
    folder,
    `${name}@26`,
  ]);
  const node = join(folder, 'node_modules', name, 'bin/node');
  await run(process.execPath, [join(root, 'packaging/executable.mjs'), '-o', program, '--node', node]);
});

describe('the single executable', () => {
  it('gives what the command gives', async () => {
    for (const words of [
      ['--version'],
      ['inspect', '--json', demo],
      ['explore', '--plain', demo],
      ['secrets', '--json', demo],
      ['packages', '--format', 'spdx-json', demo],
    ]) {
      const own = await layers(words);
      const { status, stdout } = await attempt(process.execPath, [command, ...words], { env });
      const plain = (text: Buffer) =>
        text.toString().replaceAll(/"(?:created|documentNamespace)": ".*"/g, '');
      expect([own.stderr, own.status, plain(own.stdout)]).toEqual(['', status, plain(stdout)]);
    }
  });

  it('compresses in threads, with gzip and zstd', async () => {
    for (const compression of ['gzip', 'zstd']) {
      const out = join(folder, `${compression}.tar`);
      const words = ['--compression', compression, '--check', '--quiet', demo, '-o', out];
      expect(await layers(['squash', ...words])).toMatchObject({ status: 0, stderr: '' });
      expect((await layers(['verify', out])).status).toBe(0);
    }
  });

  it('writes the report, whose parts are files', async () => {
    expect(await layers(['report', demo, '-o', join(folder, 'r.html')])).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, 'r.html'), 'utf8')).toContain('<script>');
  });

  it('keeps its files and compiled code in the cache, and runs without one', async () => {
    const cache = join(folder, '.cache/layers');
    const { status } = await layers(['inspect', demo]);
    expect([status, readdirSync(join(cache, 'program'))]).toEqual([0, [expect.stringMatching(/^\d/)]]);
    expect(readdirSync(cache).filter((name) => /-v26\..*-inspect$/.test(name))).toHaveLength(1);
    const scratch = join(folder, 'scratch');
    mkdirSync(scratch);
    const bare = await layers(['inspect', '--json', demo], { HOME: '/proc/nonexistent', TMPDIR: scratch });
    expect([bare.status, bare.stderr, readdirSync(scratch)]).toEqual([0, '', []]);
    expect(existsSync('/proc/nonexistent')).toBe(false);
  });

  it('is a plugin of docker under its name', async () => {
    const plugin = join(folder, 'docker-layers');
    symlinkSync(program, plugin);
    const metadata = await run(plugin, ['docker-cli-plugin-metadata'], { env });
    expect(JSON.parse(metadata.toString())).toMatchObject({ SchemaVersion: '0.1.0' });
    const help = await run(plugin, ['layers', 'waste', '--help'], { env });
    expect(help.toString()).toMatch(/^Usage: docker layers waste/);
  });

  it('ends with the statuses of the command', async () => {
    expect((await layers(['inspect', join(folder, 'none.tar')])).status).toBe(3);
    expect((await layers(['inspect', '--none', demo])).status).toBe(2);
  });
});
