import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, environment, examples, layers } from '@layers/testing/command';
import { describe, expect, it } from 'vitest';

const demo = join(examples, 'demo.tar');
const plugin = join(command, '..', 'docker-layers.js');

/** Calls the plugin as docker does. */
function called(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [plugin, ...words], {
    env: environment(),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('docker-layers', () => {
  it('describes itself before anything else is loaded', () => {
    const { status, stdout, stderr } = called('docker-cli-plugin-metadata');
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      SchemaVersion: '0.1.0',
      Vendor: expect.stringMatching(/./),
      Version: layers(['--version']).stdout.replace(/^layers (.*)\n$/, '$1'),
      ShortDescription: expect.stringMatching(/^[A-Z]/),
      URL: expect.stringMatching(/^https:/),
    });
    const code = readFileSync(plugin, 'utf8');
    const answered = code.slice(0, code.indexOf('} else'));
    expect([...answered.matchAll(/require\('(.*?)'\)/g)].map(([, name]) => name)).toEqual([
      '../package.json',
    ]);
  });

  it.each([
    ['inspect', '--json', demo],
    ['inspect', 'no-such-file.tar'],
    ['diff', '--layer-a', '1', demo],
  ])('%j gives the result and the status of layers', (...words) => {
    expect(called('layers', ...words)).toEqual(layers(words));
  });

  it('names itself as the user did, in usage, help, hints and errors', () => {
    expect(called('layers', '--help').stdout).toMatch(/^Usage: docker layers COMMAND /);
    const help = called('layers', 'waste', '--help').stdout;
    expect(help).toMatch(/^Usage: docker layers waste /);
    expect(help).toContain('\n  docker layers waste app.tar\n');
    expect(help).not.toMatch(/docker docker|^ {2}layers /m);
    expect(called('layers', 'inspect', '--nothing', demo).stderr).toContain(
      'hint: docker layers inspect --help',
    );
    expect(called('layers', 'images', '-f', 'x').stderr).toMatch(/^error: /);
  });

  it('takes the options of docker before its name', () => {
    const { status, stderr } = called(
      '-H',
      'unix:///nonexistent.sock',
      'layers',
      'inspect',
      'docker-daemon:app',
    );
    expect([status, stderr]).toEqual([3, expect.stringContaining('/nonexistent.sock')]);
    expect(called('layers', '-H', 'x', 'images').status).toBe(2);
  });

  it('answers completion in the protocol of docker', () => {
    expect(called('__complete', 'layers', 'hist').stdout).toMatch(/^history\t\w.*\n:4\n$/);
    expect(called('__complete', 'layers', 'inspect', '').stdout).toBe(':0\n');
    expect(called('__complete', 'layers', 'inspect', '--color', 'a').stdout).toBe('auto\nalways\n:4\n');
  });
});
