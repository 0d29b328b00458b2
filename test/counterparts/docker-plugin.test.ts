import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { dockerClient } from './docker.ts';
import { command } from './layers-command.ts';
import { attempt } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-plugin-'));
const plugins = join(folder, 'config', 'cli-plugins');
mkdirSync(plugins, { recursive: true });
symlinkSync(join(command, '..', 'docker-layers.js'), join(plugins, 'docker-layers'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const demo = join(examples, 'demo.tar');
const env = { ...process.env, DOCKER_CONFIG: join(folder, 'config'), LAYERS_STORE: join(folder, 'store') };

/** Clients of several versions, where they are installed. */
const clients = [...new Set([dockerClient, '/usr/bin/docker', '/usr/local/bin/docker'])].filter(existsSync);
const major = (client: string): number =>
  Number(/version (\d+)/.exec(execFileSync(client, ['--version'], { encoding: 'utf8' }))?.[1]);

describe.each(clients)('%s', (client) => {
  const docker = (...args: readonly string[]) => attempt(client, args, { env });
  const direct = (...args: readonly string[]) => attempt(process.execPath, [command, ...args], { env });

  it('lists the plugin in its help', async () => {
    const { stdout } = await docker('help');
    expect(stdout.toString()).toMatch(/^ {2}layers\* +Inspect, compare, change and move images as files/m);
    const { stdout: info } = await docker('info', '--format', '{{json .ClientInfo.Plugins}}');
    expect(info.toString()).toMatch(/"Name":"layers"/);
    expect(info.toString()).not.toMatch(/"Err"/);
  });

  it.each([
    ['inspect', demo],
    ['inspect', '--format', '{{.Config.Labels}}', demo],
    ['ls', '-R', '--json', demo],
    ['diff', '--layer-a', '1', demo],
    ['store', 'path'],
  ])('gives what layers gives, with its status: %j', async (...words) => {
    const [called, expected] = [await docker('layers', ...words), await direct(...words)];
    expect([called.status, called.stdout.toString()]).toEqual([expected.status, expected.stdout.toString()]);
  });

  it('passes on statuses and messages', async () => {
    const { status, stderr } = await docker('layers', 'inspect', '--nothing', demo);
    expect([status, stderr.toString()]).toEqual([
      2,
      expect.stringContaining('hint: docker layers inspect --help'),
    ]);
    expect((await docker('layers', 'inspect', join(folder, 'none.tar'))).status).toBe(3);
    expect((await docker('layers', 'waste', '--help')).stdout.toString()).toMatch(
      /^Usage: {1,2}docker layers waste/m,
    );
  });

  it('passes on its own options', async () => {
    const { status, stderr } = await docker(
      '-H',
      'unix:///none.sock',
      'layers',
      'inspect',
      'docker-daemon:app',
    );
    expect([status, stderr.toString()]).toEqual([3, expect.stringContaining('/none.sock')]);
  });

  it.runIf(major(client) >= 24)('asks the plugin for completions', async () => {
    expect((await docker('__complete', 'layers', 'hist')).stdout.toString()).toMatch(/^history\t.*\n:4\n/);
    expect((await docker('__complete', 'layers', 'ls', '--lay')).stdout.toString()).toMatch(/^--layer\t/);
    expect((await docker('__complete', 'laye')).stdout.toString()).toMatch(/^layers\t/);
  });
});
