import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { needs } from '@layers/testing/needs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { command } from './layers-command.ts';
import { attempt, run } from './processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const demo = join(root, 'examples/demo.tar');
const folder = mkdtempSync(join(tmpdir(), 'layers-packages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hasLintian = needs('lintian');
const make = (script: string, ...args: readonly string[]) =>
  run(process.execPath, [join(root, 'packaging', script), ...args]);
const env = { ...process.env, LAYERS_STORE: join(folder, 'store'), LAYERS_CACHE: 'off', HOME: folder };

describe('the Debian package', () => {
  const system = join(folder, 'system');
  /** dpkg with a database and a root directory of its own. */
  const dpkg = (...args: readonly string[]) =>
    attempt('dpkg', [`--root=${system}`, '--force-not-root', '--force-depends', '--log=/dev/null', ...args]);
  let file = '';
  beforeAll(async () => {
    file = (await make('debian.mjs', '-o', folder)).toString().trim();
    for (const path of ['var/lib/dpkg/info', 'var/lib/dpkg/updates'])
      mkdirSync(join(system, path), { recursive: true });
    await run('touch', [join(system, 'var/lib/dpkg/status')]);
  });

  it('is made again byte for byte', async () => {
    const again = join(folder, 'again');
    await make('debian.mjs', '-o', again);
    const [name = ''] = readdirSync(again);
    expect(readFileSync(join(again, name)).equals(readFileSync(file))).toBe(true);
  });

  it('keeps the policy of Debian', hasLintian, async () => {
    const { status, stdout } = await attempt('lintian', ['--allow-root', '--pedantic', file]);
    expect([stdout.toString(), status]).toEqual(['', 0]);
  });

  it('installs, runs, and leaves nothing when it is removed', async () => {
    expect((await dpkg('--install', file)).status).toBe(0);
    const installed = join(system, 'usr/bin/layers');
    const shown = await run(process.execPath, [installed, 'inspect', '--json', demo], { env });
    expect(shown).toEqual(await run(process.execPath, [command, 'inspect', '--json', demo], { env }));
    expect(readFileSync(join(system, 'usr/share/layers-cli/bin/layers.js'), 'utf8')).toMatch(
      /^#!\/usr\/bin\/node\n/,
    );
    for (const [shell, path] of [
      ['bash', 'bash-completion/completions/layers'],
      ['zsh', 'zsh/vendor-completions/_layers'],
      ['fish', 'fish/vendor_completions.d/layers.fish'],
    ] as const) {
      expect((await attempt(shell, ['-n', join(system, 'usr/share', path)])).status).toBe(0);
    }
    const page = await attempt('man', [
      '--warnings',
      '-l',
      join(system, 'usr/share/man/man1/layers-ls.1.gz'),
    ]);
    expect([page.stderr, page.stdout.toString()]).toEqual(['', expect.stringContaining('--recursive')]);
    const plugin = join(system, 'usr/libexec/docker/cli-plugins/docker-layers');
    const metadata = await run(process.execPath, [plugin, 'docker-cli-plugin-metadata'], { env });
    expect(metadata.toString()).toContain('"SchemaVersion"');
    expect((await dpkg('--purge', 'layers-cli')).status).toBe(0);
    expect(existsSync(join(system, 'usr/share'))).toBe(false);
    expect(existsSync(installed)).toBe(false);
  });
});

describe('the package of rpm', () => {
  it('is made again byte for byte', async () => {
    const [file, again] = [join(folder, 'rpm'), join(folder, 'rpm again')];
    await make('rpm.mjs', '-o', file);
    await make('rpm.mjs', '-o', again);
    const [name = ''] = readdirSync(again);
    expect(name).toMatch(/^layers-cli-.*-1\.noarch\.rpm$/);
    expect(readFileSync(join(again, name)).equals(readFileSync(join(file, name)))).toBe(true);
  });
});

describe.skipIf(inject('dockerSocket') === '')('the container image', () => {
  const docker = dockerAt(inject('dockerSocket'));
  const work = join(folder, 'work');

  it('is run by Docker, and reads and writes the working directory', async () => {
    await make('image.mjs', '-o', join(folder, 'image.tar'), '--tag', 'layers:test');
    mkdirSync(work);
    copyFileSync(demo, join(work, 'app.tar'));
    expect(await docker(['load', '-q', '-i', join(folder, 'image.tar')])).toContain('layers:test');
    const container = (...args: readonly string[]) =>
      docker(['run', '--rm', '--network', 'none', '-v', `${work}:/w`, 'layers:test', ...args]);
    const shown = await container('inspect', '--json', 'app.tar');
    const own = await run(process.execPath, [command, 'inspect', '--json', 'app.tar'], { env, cwd: work });
    expect(JSON.parse(shown)).toEqual(JSON.parse(own.toString()));
    await container('squash', 'app.tar', '-o', 'small.tar', '--compression', 'gzip', '--check');
    const { status } = await attempt(process.execPath, [command, 'verify', join(work, 'small.tar')], { env });
    expect(status).toBe(0);
    await docker(['rmi', 'layers:test']);
  });

  it('lists its packages, and wastes nothing', async () => {
    const image = join(folder, 'image.tar');
    const packages = await run(process.execPath, [command, 'packages', '--json', image], { env });
    const names = JSON.parse(packages.toString()).packages.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['base-files', 'libc6', 'libstdc++6', 'layers-cli']));
    const bom = await run(process.execPath, [command, 'cat', image, '/usr/lib/layers/dist/sbom.cdx.json'], {
      env,
    });
    const urls = purlsIn(bom.toString()).filter((purl) => !purl.startsWith('pkg:npm/layers-cli@'));
    expect(urls.length).toBeGreaterThan(20);
    const args = [
      '-q',
      `docker-archive:${image}`,
      '--select-catalogers',
      '+sbom-cataloger',
      '-o',
      'cyclonedx-json',
    ];
    expect(purlsIn((await run('syft', args, { env })).toString())).toEqual(expect.arrayContaining(urls));
    const shown = await run(process.execPath, [command, 'inspect', '--json', image], { env });
    expect(JSON.parse(shown.toString()).totals).toMatchObject({ layers: 3, wastedBytes: 0 });
  });
});

/** Returns the package URLs in a document, without their qualifiers. */
function purlsIn(json: string): string[] {
  return [...json.matchAll(/"purl": ?"([^"?]+)/g)].map(([, purl = '']) => purl);
}
