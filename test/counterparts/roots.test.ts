import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { needsThat } from '@layers/testing/needs';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from './layers-command.ts';
import { attempt, type Outcome } from './processes.ts';
import { systemsOf } from './root-systems.ts';
import { type SystemRoot, systemRoot, WORK } from './system-root.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-roots-'));
const packages = join(folder, 'packages');
const archive = join(folder, 'app.tar');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  mkdirSync(packages);
  writeFileSync(archive, appArchive());
});

/** An image with enough bytes for worker threads, files of two layers, and waste. */
function appArchive(): Buffer {
  const program = readFileSync(process.execPath).subarray(0, 9_000_000);
  const base = buildTar([
    { path: 'usr/lib/program', data: program, mode: 0o755 },
    { path: 'etc/app.conf', data: Buffer.from('debug = true\n') },
  ]);
  const change = buildTar([
    { path: 'etc/app.conf', data: Buffer.from('debug = false\n') },
    { path: 'var/log/app.log', data: Buffer.from('started\n') },
  ]);
  return buildDockerArchive({ images: [{ tags: ['app:1'], layers: [base, change] }] }, { form: 'hybrid' });
}

const env = { ...process.env, LAYERS_STORE: join(folder, 'store'), LAYERS_CACHE: 'off' };
/** What the command gives on this machine. */
const here = (...words: readonly string[]): Promise<Outcome> =>
  attempt(process.execPath, [command, ...words], { env, cwd: folder });

describe.runIf(process.getuid?.() === 0).each(systemsOf(packages))('$name', ({ missing, make, way }) => {
  describe('with the command', needsThat(missing === undefined, missing ?? ''), () => {
    let system: SystemRoot = systemRoot(folder);
    let before: readonly string[] = [];
    const layers = (...words: readonly string[]) => system.run(['layers', ...words]);

    beforeAll(async () => {
      system = systemRoot(mkdtempSync(join(folder, 'system-')));
      await make(system.folder);
      copyFileSync(archive, join(system.folder, WORK, 'app.tar'));
      before = system.paths();
    });
    afterAll(() => rmSync(system.folder, { recursive: true, force: true }));

    it('installs without a warning', async () => {
      const { status, stdout, stderr } = await way.install(system);
      expect([status, `${stdout}${stderr}`]).toEqual([0, expect.not.stringMatching(/\bwarn/i)]);
      expect((await layers('--version')).stdout.toString()).toBe((await here('--version')).stdout.toString());
    });

    it.each([
      ['inspect', '--json', 'app.tar'],
      ['inspect', 'app.tar'],
      ['check', '--json', 'app.tar'],
      ['explore', '--plain', 'app.tar'],
      // In worker threads.
      ['secrets', '--json', 'app.tar'],
      ['inspect', 'missing.tar'],
    ])('gives what it gives elsewhere: layers %s %s', async (...words) => {
      const own = await layers(...words);
      expect(own).toEqual(await here(...words));
      expect(own.stdout.length + own.stderr.length).toBeGreaterThan(50);
    });

    it('explores on a terminal, and leaves it as it was', async () => {
      const program = system.onTerminal(['layers', 'explore', 'app.tar']);
      await program.until((screen) => screen.some((line) => line.includes('[Layers]')), '[Layers]');
      expect(program.hasScreen()).toBe(true);
      program.type('q');
      expect([await program.ended, program.hasScreen()]).toEqual([0, false]);
    });

    it.each(['gzip', 'zstd'])('squashes with %s, in threads', async (compression) => {
      const out = `${compression}.tar`;
      const squash = ['squash', '--compression', compression, '--check', '--quiet', 'app.tar', '-o', out];
      expect(await layers(...squash)).toMatchObject({ status: 0, stderr: '' });
      expect((await layers('verify', out)).status).toBe(0);
      copyFileSync(join(system.folder, WORK, out), join(folder, out));
      expect(await layers('inspect', '--json', out)).toEqual(await here('inspect', '--json', out));
    });

    it('names the package that a fleet needs', async () => {
      const { status, stderr } = await layers('fleet', 'scan', 'app.tar');
      expect([status, stderr]).toEqual([expect.any(Number), expect.stringContaining(way.fleetHint)]);
      expect(status).not.toBe(0);
    });

    it('brings manual pages and completion', async () => {
      for (const path of way.manualPages)
        expect(lstatSync(join(system.folder, path)).isSymbolicLink() || path.endsWith('.gz')).toBe(true);
      for (const [shell, path] of Object.entries(way.completion)) {
        const own = readFileSync(join(system.folder, path), 'utf8');
        expect(own).toBe((await here('completion', shell)).stdout.toString());
      }
      expect(await layers('completion', 'bash')).toEqual(await here('completion', 'bash'));
    });

    it('leaves nothing but caches of the user when it is uninstalled', async () => {
      const { status } = await way.uninstall(system);
      expect([status, system.paths()]).toEqual([0, before]);
      const home = readdirSync(join(system.folder, 'root'), { recursive: true }).map(String);
      expect(
        home.filter((path) => !/^(\.npm|\.cache(\/layers)?)(\/|$)|^\.(bashrc|profile)$/.test(path)),
      ).toEqual([]);
    });
  });
});
