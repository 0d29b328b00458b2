import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { command, environment, examples, shell } from '@layers/testing/command';
import { needs } from '@layers/testing/needs';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-change-streams-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const demo = join(examples, 'demo.tar');
const large = join(scratch, 'large.tar');
const MIB = 1024 * 1024;

beforeAll(() => {
  const layers = [1, 2].map((n) =>
    buildTar(Array.from({ length: 12 }, (_, i) => ({ path: `files/${n}-${i}`, data: randomBytes(2 * MIB) }))),
  );
  writeFileSync(large, buildDockerArchive({ images: [{ tags: ['large:1'], layers }] }, { form: 'hybrid' }));
});

/** Sends a signal as soon as `folder` has a file. Returns how the command ended and the remaining files. */
function interrupted(args: readonly string[], folder: string, signal: NodeJS.Signals) {
  mkdirSync(folder, { recursive: true });
  const child: ChildProcess = spawn(process.execPath, [command, ...args], {
    env: environment({ TMPDIR: folder }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  let seen = false;
  const timer = setInterval(() => {
    if (seen || readdirSync(folder).length === 0) return;
    seen = true;
    child.kill(signal);
  }, 5);
  return new Promise<{ status: number | null; stderr: string; seen: boolean; left: string[] }>((resolve) => {
    child.on('close', (status) => {
      clearInterval(timer);
      resolve({ status, stderr, seen, left: readdirSync(folder) });
    });
  });
}

describe('an interrupt while an image is written', () => {
  const compression = ['--compression', 'gzip', '--level', '9'];
  it.each([
    ['a file of raw layers', ['squash', large], 'x.tar', 'SIGINT', 130],
    ['a file of compressed layers', ['squash', large, ...compression], 'x.tar', 'SIGINT', 130],
    ['a layout', ['repack', large, ...compression], 'oci:layout', 'SIGINT', 130],
    ['a file', ['repack', large, '--drop-waste', ...compression], 'x.tar', 'SIGTERM', 143],
    ['the tar of a root file system', ['export', large], 'x.tar', 'SIGINT', 130],
  ] as const)('leaves nothing of %s', async (what, args, name, signal, status) => {
    const folder = join(scratch, what.replaceAll(' ', '-'));
    const output = name.startsWith('oci:') ? `oci:${join(folder, name.slice(4))}` : join(folder, name);
    const run = await interrupted([...args, '-o', output], folder, signal);
    expect(run).toEqual({ status, stderr: '', seen: true, left: [] });
  });

  it('leaves whole files in a directory, and reports that it is incomplete', async () => {
    const folder = join(scratch, 'extracted');
    const run = await interrupted(['extract', large, folder], folder, 'SIGINT');
    expect([run.status, run.seen]).toEqual([130, true]);
    expect(run.stderr).toBe(`note: ${folder} is not complete: the extraction was interrupted\n`);
    const sizes = readdirSync(join(folder, 'files')).map(
      (name) => statSync(join(folder, 'files', name)).size,
    );
    expect(sizes.length).toBeLessThan(24);
    expect(sizes.filter((size) => size !== 2 * MIB)).toEqual([]);
  });

  it('leaves no file of output to a pipe', () => {
    const folder = join(scratch, 'tmp-of-pipe');
    mkdirSync(folder);
    const line = `layers squash ${large} -q -o - --compression gzip --level 1 | head -c 100 | wc -c`;
    const run = shell(line, { TMPDIR: folder });
    expect(run).toMatchObject({ status: 141, stderr: '' });
    expect(run.stdout.trim()).toBe('100');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a terminal', () => {
  const terminal = (line: string) => {
    const run = line.replaceAll('layers ', `"${process.execPath}" "${command}" `);
    const { status, stdout } = spawnSync('script', ['-qefc', `stty cols 100; ${run}`, '/dev/null'], {
      env: environment({ TERM: 'xterm', SHELL: '/bin/bash' }),
    });
    return { status, text: stdout.toString('utf8').replaceAll('\r\n', '\n') };
  };

  it('is never sent an archive', needs('script'), () => {
    for (const line of [
      `layers squash ${demo} -o -`,
      `layers export ${demo}`,
      `layers export ${demo} -o /dev/stdout`,
      `cat ${demo} | layers repack - -o -`,
    ]) {
      const { status, text } = terminal(line);
      expect(status).toBe(2);
      expect(text).toContain('refusing to write an archive to a terminal');
      expect(text).not.toContain('manifest.json');
    }
  });

  it('shows the progress of writing, and clears it afterwards', needs('script'), () => {
    const output = join(scratch, 'progress.tar');
    const line = `layers squash ${large} --compression gzip --level 9 --force -o ${output}`;
    const { status, text } = terminal(line);
    expect(status).toBe(0);
    expect(text).toMatch(/\d+ % {2}[\d.]+ \w?B of 50\.\d+ MB {2}[\d.]+ \w?B\/s/);
    expect(text.lastIndexOf('\x1b[?25h')).toBeGreaterThan(text.lastIndexOf('\x1b[?25l'));
    expect(text.lastIndexOf('large:1')).toBeGreaterThan(text.lastIndexOf('\x1b[?25h'));
    expect(terminal(`${line} --no-progress`).text).not.toContain('\x1b[?25');
    expect(existsSync(output)).toBe(true);
  });
});
