import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { githubToken } from '@layers/testing/made-secrets';
import { needsThat } from '@layers/testing/needs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { exampleSteps, type Outcome, runAction, runSteps } from '../workflow-runner.ts';
import { dockerAt, dockerClient } from './docker.ts';
import { type NpmRegistry, startNpmRegistry } from './npm-registry.ts';
import { attempt, run } from './processes.ts';

/** The public packages as users get them from a registry. Tests use them in the order of this file. */
const FOLDERS = [
  'packages/errors',
  'packages/gotemplate',
  'packages/tar',
  'packages/core',
  'packages/rewrite',
  'packages/store',
  'packages/registry',
  'packages/insight',
  'packages/fleet',
  'apps/cli',
];
const root = fileURLToPath(new URL('../..', import.meta.url));
const demo = join(root, 'examples/demo.tar');
const folder = mkdtempSync(join(tmpdir(), 'layers-published-'));
const at = (name: string): string => join(folder, name);
const hasRegistry = needsThat(
  spawnSync('verdaccio', ['--version']).status === 0,
  'verdaccio not found (see .ci/install-counterparts)',
);

interface Manifest {
  readonly name: string;
  readonly version: string;
}

const manifests = FOLDERS.map(
  (path): Manifest => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')),
);
const version = manifests[0]?.version ?? '';
const totalsIn = (json: string): unknown => JSON.parse(json).totals;
let expected: unknown;
let registry: NpmRegistry | undefined;
let env: NodeJS.ProcessEnv = {};

/** Makes an empty directory. */
function emptyFolder(name: string): string {
  mkdirSync(at(name));
  return at(name);
}

describe('the published packages', hasRegistry, () => {
  beforeAll(async () => {
    expected = totalsIn(
      (await run(join(root, 'apps/cli/bin/layers.js'), ['inspect', '--json', demo])).toString(),
    );
    registry = await startNpmRegistry(manifests.map(({ name }) => name));
    env = registry.env(at('home'));
  });
  afterAll(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are published by npm without a warning, and get the tag latest though they are candidates', async () => {
    for (const [i, path] of FOLDERS.entries()) {
      // Only a job that npm trusts can sign the origin.
      const args = ['publish', '--provenance=false', '--tag', 'rc', '--loglevel', 'warn'];
      const { status, stderr } = await attempt('npm', args, { cwd: join(root, path), env });
      expect([path, status, stderr]).toEqual([path, 0, '']);
      const response = await fetch(`${registry?.url}${manifests[i]?.name.replace('/', '%2f')}`);
      expect(await response.json()).toMatchObject({ 'dist-tags': { rc: version, latest: version } });
    }
  });

  it('are run by npx in an empty folder', async () => {
    const cwd = emptyFolder('npx');
    copyFileSync(demo, join(cwd, 'app.tar'));
    const { status, stdout, stderr } = await attempt(
      'npx',
      ['--yes', 'layers-cli', 'inspect', '--json', 'app.tar'],
      { cwd, env },
    );
    expect([status, stderr, totalsIn(stdout.toString())]).toEqual([0, '', expected]);
    const fleet = await attempt('npx', ['--yes', 'layers-cli', 'fleet', 'scan', 'app.tar'], { cwd, env });
    expect([fleet.status, hintIn(fleet.stderr)]).toEqual([
      3,
      `npm install --global layers-cli@${version} @layers/fleet@${version}`,
    ]);
  });

  it('are libraries for a program in TypeScript', async () => {
    const cwd = emptyFolder('library');
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    const installed = await attempt(
      'npm',
      ['install', '--no-audit', '--no-fund', 'layers-cli', '@layers/core'],
      {
        cwd,
        env,
      },
    );
    expect([installed.status, installed.stderr]).toEqual([0, '']);
    writeFileSync(
      join(cwd, 'use.ts'),
      `import { type Image, inspectImage, openImage } from '@layers/core';
declare const process: { readonly argv: readonly string[] };
const image: Image = await openImage(process.argv[2] ?? '');
const { totals } = await inspectImage(image);
const wasted: number = totals.wastedBytes;
console.log(JSON.stringify({ totals, wasted }));
// @ts-expect-error: the bytes are a number
const wrong: string = totals.wastedBytes;
void wrong;
`,
    );
    const strict = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noUncheckedIndexedAccess',
      '--module',
      'nodenext',
    ];
    const tsc = [join(root, 'node_modules/typescript/bin/tsc'), ...strict, '--target', 'es2022', 'use.ts'];
    const compiled = await attempt(process.execPath, tsc, { cwd, env });
    expect([compiled.stdout.toString(), compiled.status]).toEqual(['', 0]);
    const used = await run(process.execPath, ['use.js', demo], { cwd, env });
    expect(totalsIn(used.toString())).toEqual(expected);
    const shown = await run(join(cwd, 'node_modules/.bin/layers'), ['inspect', '--json', demo], { cwd, env });
    expect(totalsIn(shown.toString())).toEqual(expected);
  });

  describe('installed with a prefix', () => {
    const layers = at('prefix/bin/layers');
    beforeAll(async () => {
      const args = ['install', '--global', '--prefix', at('prefix'), 'layers-cli'];
      const { status, stderr } = await attempt('npm', args, { env });
      expect([status, stderr]).toEqual([0, '']);
    });

    it('have the command and its manual pages, and need no home directory', async () => {
      const { status, stdout, stderr } = await attempt(layers, ['inspect', '--json', demo], {
        env: { ...env, HOME: '/proc/nonexistent' },
      });
      expect([status, stderr, totalsIn(stdout.toString())]).toEqual([0, '', expected]);
      expect(existsSync(at('prefix/share/man/man1/layers-inspect.1'))).toBe(true);
    });

    it('print the line that installs the package of fleets', async () => {
      const cwd = emptyFolder('fleets');
      const scan = () => attempt(layers, ['fleet', 'scan', demo], { cwd, env });
      const line = hintIn((await scan()).stderr);
      expect(line).toBe(`npm install --global --prefix ${at('prefix')} @layers/fleet@${version}`);
      const installed = await attempt('sh', ['-c', line], { cwd, env });
      expect(installed.status).toBe(0);
      expect(await scan()).toMatchObject({ status: 0, stderr: '' });
      const asked = await run(layers, ['fleet', 'sql', 'SELECT count(*) AS n FROM images', '--csv'], {
        cwd,
        env,
      });
      expect(asked.toString().trim().split(/\r?\n/)).toEqual(['n', '1']);
    });

    it('print the line that installs the libraries of a queue', async () => {
      const cwd = emptyFolder('queue');
      const enqueue = () =>
        attempt(layers, ['fleet', 'enqueue', '--queue', 'redis://127.0.0.1:1', demo], { cwd, env });
      const line = hintIn((await enqueue()).stderr);
      const packages = `@layers/fleet@${version} bullmq@6 ioredis@5`;
      expect(line).toBe(`npm install --global --prefix ${at('prefix')} ${packages}`);
      expect((await attempt('sh', ['-c', line], { cwd, env })).status).toBe(0);
      expect((await enqueue()).stderr).toContain('[ERR_LAYERS_QUEUE]');
    });

    it.skipIf(inject('dockerSocket') === '')('are a plugin of docker, for images of its daemon', async () => {
      const config = at('docker');
      mkdirSync(join(config, 'cli-plugins'), { recursive: true });
      symlinkSync(at('prefix/bin/docker-layers'), join(config, 'cli-plugins/docker-layers'));
      const docker = (...args: readonly string[]) =>
        attempt(dockerClient, ['--host', `unix://${inject('dockerSocket')}`, ...args], {
          env: { ...env, DOCKER_CONFIG: config },
        });
      const daemon = dockerAt(inject('dockerSocket'));
      await daemon(['load', '-q', '-i', demo]);
      const { status, stdout, stderr } = await docker(
        'layers',
        'inspect',
        '--json',
        'docker-daemon:bramble:1.4',
      );
      expect([status, stderr, totalsIn(stdout.toString())]).toEqual([0, '', expected]);
      await daemon(['rmi', 'bramble:1.4']);
      expect((await docker('layers', '--help')).stdout.toString()).toMatch(/^Usage: {1,2}docker layers /m);
      expect((await docker('help')).stdout.toString()).toMatch(/^ {2}layers\* +Inspect/m);
      const metadata = await run(at('prefix/bin/docker-layers'), ['docker-cli-plugin-metadata'], { env });
      expect(JSON.parse(metadata.toString())).toMatchObject({ SchemaVersion: '0.1.0', Version: version });
    });
  });

  describe('in the action of GitHub', () => {
    const action = join(root, 'action');
    const temp = at('runner-temp');
    const runner = () => ({ cwd: at('job'), temp, env });
    const check = (given: Readonly<Record<string, string>>): Outcome => runAction(action, given, runner());
    beforeAll(() => {
      mkdirSync(temp);
      emptyFolder('job');
      copyFileSync(demo, at('job/app.tar'));
    });

    it('fail, and pass with a base and with the report of an earlier run', () => {
      const failed = check({ image: 'app.tar', options: '--max-wasted=1kB' });
      expect([failed.status, failed.outputs['verdict']]).toEqual([1, 'fail']);
      expect(failed.summary).toMatch(/^<!-- layers check -->\n### Image check: 1 budget is not kept/);
      expect(failed.log).toMatch(/^::error title=layers check%3A wasted bytes::/m);
      const against = failed.outputs['json'] ?? '';
      const options = '--max-growth=0\n--max-wasted=0';
      const passed = check({ image: 'app.tar', base: 'app.tar', against, options });
      expect(passed).toMatchObject({
        status: 0,
        outputs: { verdict: 'pass', layers: '5', 'growth-bytes': '0' },
      });
    });

    it.each([
      ['9.9.9', /No matching version|ETARGET/],
      ['$(touch injected)', /neither a version nor a tag/],
    ])('fail before the check without the version %s', (wanted, reason) => {
      const { status, log, outputs } = check({ image: 'app.tar', version: wanted });
      expect([status === 0, log, outputs]).toEqual([false, expect.stringMatching(reason), {}]);
      expect(log).toMatch(/^::error/m);
      expect(existsSync(at('job/injected'))).toBe(false);
    });

    it('fail with an annotation where the registry does not answer', () => {
      const closed = { ...env, npm_config_registry: 'http://127.0.0.1:1/' };
      const { status, log } = runAction(action, { image: 'app.tar' }, { ...runner(), env: closed });
      expect([status, log]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
      expect(log).toContain('::error title=layers check::layers-cli@latest was not installed.');
    });

    it.skipIf(inject('dockerSocket') === '').each([
      ['a passing image', 'port=80', 0, /### Image check: all budgets are kept/],
      ['a failing image', githubToken(), 1, /### Image check: 1 budget is not kept/],
    ])('comment on %s in the workflow of the README', async (_, content, status, comment) => {
      const bin = at('job/bin');
      mkdirSync(bin, { recursive: true });
      const gh = `#!/bin/sh\ncase "$*" in *--paginate*) ;; *) cat "\${*##*body=@}" > posted;; esac\n`;
      writeFileSync(join(bin, 'gh'), gh, { mode: 0o755 });
      writeFileSync(at('job/Dockerfile'), 'FROM scratch\nCOPY settings /settings\n');
      writeFileSync(at('job/settings'), `${content}\n`);
      const job = { ...env, PATH: `${bin}:${dirname(dockerClient)}:${env['PATH']}`, DOCKER_BUILDKIT: '0' };
      const { status: found, log } = runSteps(
        exampleSteps(action),
        {
          github: {
            event_name: 'pull_request',
            event: { pull_request: { number: 7 } },
            token: 'none',
          },
        },
        {
          ...runner(),
          env: {
            ...job,
            DOCKER_HOST: `unix://${inject('dockerSocket')}`,
            GITHUB_REPOSITORY: 'o/r',
          },
        },
        { 'layers-project/layers/action': action },
      );
      expect([found, log]).toEqual([status, expect.anything()]);
      expect(readFileSync(at('job/posted'), 'utf8')).toMatch(comment);
      await dockerAt(inject('dockerSocket'))(['rmi', 'app']);
    });
  });
});

function hintIn(text: string): string {
  return /^hint: (.*)$/m.exec(text)?.[1] ?? text;
}
