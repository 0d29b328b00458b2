import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '@layers/testing/command';
import { type DockerRegistry, startDockerRegistry } from '@layers/testing/docker-registry';
import { explore, killAtEnd, shows, walk } from '@layers/testing/explorer-program';
import { onTerminal } from '@layers/testing/pty';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { builtArchive, LAYER, SETTINGS, writeContext } from './explore-images.ts';
import { command, layersCommand } from './layers-command.ts';
import { attempt, run } from './processes.ts';
import { type Containerd, startContainerd } from './rewrite-containerd.ts';

/** What users of an explorer asked for: where images come from, and what they cost. */
const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-explore-sources-'));

/** What the title says about an image of these tests, from the JSON document. */
async function figuresOf(image: string): Promise<string> {
  const { totals } = JSON.parse(await layersCommand(['inspect', '--json', image]));
  return `${totals.rootfsBytes} in ${totals.files} files, ${totals.layers} layers, wasted ${totals.wastedBytes}`;
}

/** Looks into an image: its figures, and the settings before and after a step changed them. */
async function lookInto(args: readonly string[], figures: string): Promise<void> {
  const program = await explore(['--bytes', ...args], { columns: 160, rows: 30 });
  await program.until(([title = '']) => title.includes(figures), figures);
  await walk(program, [
    [']', `after layer ${LAYER.base}`],
    ['/app.conf', '1 found'],
    ['\r', 'app.conf: 1 of 1'],
    ['\r', SETTINGS.before.split('\n')[0] ?? ''],
    ['q', '[Files'],
    [']]]', `after layer ${LAYER.settings}`],
    ['d', 'app.conf'],
  ]);
  program.type('\x03');
  expect(await program.ended).toBe(130);
}

/** The most memory that a process had, in bytes. */
function peakMemory(pid: number): number {
  const [, kilobytes = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

const skopeoCopy = (...args: string[]) => run('skopeo', ['--insecure-policy', 'copy', '--quiet', ...args]);

describe.skipIf(socket === '')('a user explores an image', () => {
  let saved = '';
  let context = '';
  let figures = '';
  let registry: DockerRegistry | undefined;
  let containerd: Containerd | undefined;
  const podman = (...args: readonly string[]) =>
    run('podman', [
      '--root',
      join(folder, 'podman'),
      '--runroot',
      join(folder, 'podman-run'),
      '--storage-driver',
      'vfs',
      ...args,
    ]);

  beforeAll(async () => {
    context = await writeContext(folder);
    saved = await builtArchive(docker, context, 'sources:1', { folder });
    figures = await figuresOf(saved);
  });
  afterAll(async () => {
    await registry?.stop();
    await containerd?.stop();
    await podman('rmi', '--all', '--force').catch(() => '');
    rmSync(folder, { recursive: true, force: true });
    const ids = await docker(['images', '--quiet', 'sources']);
    if (ids !== '') await docker(['rmi', '--force', ...ids.split('\n')]).catch(() => '');
  });

  it('that docker saved, as a file, from a pipe, and in the engine', async () => {
    await lookInto([saved], figures);
    const line = `${process.execPath} ${command} explore --bytes - < <(docker -H unix://${socket} save sources:1)`;
    const piped = onTerminal('bash', ['-c', line], { columns: 160 });
    killAtEnd(piped);
    await piped.until(([title = '']) => title.includes(figures), figures);
    const daemon = await explore(['--bytes', 'docker-daemon:sources:1'], {
      columns: 160,
      env: { ...environment(), DOCKER_HOST: `unix://${socket}` },
    });
    await daemon.until(([title = '']) => title.includes(figures), figures);
  });

  it('that podman keeps, and one of containerd', async () => {
    await podman('load', '--quiet', '--input', saved);
    for (const format of ['oci-archive', 'docker-archive', 'oci-dir']) {
      const to = join(folder, `podman-${format}`);
      await podman('save', '--quiet', '--format', format, '--output', to, 'sources:1');
      await lookInto([to], figures);
    }
    containerd = await startContainerd();
    const exported = join(folder, 'containerd.tar');
    await containerd.ctr('explore', ['image', 'import', join(folder, 'podman-oci-archive')]);
    const [name = ''] = (await containerd.ctr('explore', ['image', 'list', '--quiet'])).split('\n');
    await containerd.ctr('explore', ['image', 'export', exported, name]);
    await lookInto([exported], figures);
  });

  it('in an OCI layout and in a registry, without an engine', async () => {
    const layout = join(folder, 'layout');
    await skopeoCopy(`docker-archive:${saved}`, `oci:${layout}:it`);
    await lookInto([layout], figures);
    registry = await startDockerRegistry();
    const name = `docker://${registry.domain}/sources:1`;
    await skopeoCopy('--dest-tls-verify=false', `docker-archive:${saved}`, name);
    await lookInto(['--insecure', name], figures);
  });

  it('whose blobs are stored in any way that tools have', async () => {
    for (const [form, args] of [
      ['docker-archive', []],
      ['oci-archive', ['--dest-compress-format', 'gzip']],
      ['oci-archive', ['--dest-compress-format', 'zstd']],
      ['dir', []],
    ] as const) {
      const to = join(folder, `blobs-${form}-${args.at(-1) ?? 'raw'}`);
      await skopeoCopy(
        ...args,
        `docker-archive:${saved}`,
        `${form}:${to}${form === 'docker-archive' ? ':a:1' : ''}`,
      );
      await lookInto([form === 'dir' ? `dir:${to}` : to], figures);
    }
  });

  it('of the platform that is wanted', async () => {
    const small = join(folder, 'platforms');
    mkdirSync(small);
    for (const platform of ['linux/amd64', 'linux/arm64', 'linux/s390x']) {
      writeFileSync(join(small, 'name'), `${platform}\n`);
      writeFileSync(join(small, 'Dockerfile'), 'FROM scratch\nCOPY name /name\n');
      await podman('build', '--quiet', '--no-cache', '--platform', platform, '--manifest', 'multi', small);
    }
    const layout = join(folder, 'multi');
    await podman('manifest', 'push', '--all', 'multi', `oci:${layout}:it`);
    for (const platform of ['linux/arm64', 'linux/s390x']) {
      const program = await explore(['--platform', platform, layout], { columns: 120 });
      await walk(program, [
        ['\t', '[Files'],
        ['\r', `of layer 0`],
      ]);
      expect(program.screen()[1]?.trim()).toBe(platform);
    }
    const missing = await explore(['--platform', 'linux/riscv64', layout], {}, 'linux/riscv64');
    expect(await missing.ended).toBe(2);
    expect(missing.hasScreen()).toBe(false);
    expect(missing.screen().join(' ')).toContain('linux/s390x');
  });

  it('larger than its memory, which it does not need', async () => {
    const large = await builtArchive(docker, context, 'sources:large', {
      steps: ['FROM scratch', 'ADD base.tar /', 'RUN dd if=/dev/zero of=/big bs=1M count=400', 'RUN rm /big'],
      folder,
    });
    const program = await explore(['--bytes', large], { columns: 160 });
    await walk(program, [
      [']]', 'after layer 1, its changes'],
      ['E', 'big'],
      [']', 'after layer 2, its changes'],
      ['\t\r', 'only the first'],
      ['q', '[Files'],
    ]);
    expect(peakMemory(program.pid)).toBeLessThan(150e6);
  });

  it('while it still arrives, and sees how far it is', async () => {
    const half = Math.floor(readFileSync(saved).length / 2);
    const line = `{ head -c ${half} ${saved}; sleep 60; } | ${process.execPath} ${command} explore -`;
    const program = onTerminal('bash', ['-c', line], { columns: 120 });
    killAtEnd(program);
    await program.until(
      (screen) => screen.some((text) => /Reading the image: \d/.test(text)),
      'how much was read',
    );
    program.type('q');
    await program.until(() => !program.hasScreen(), 'the end');
  });

  it('from scratch, without waste, and reads so', async () => {
    writeFileSync(join(context, 'one'), 'one\n');
    const clean = await builtArchive(docker, context, 'sources:clean', {
      steps: ['FROM scratch', 'COPY one /one'],
      folder,
    });
    const program = await explore(clean, { columns: 140 });
    await program.until(shows('4 B in 1 file, 1 layer, wasted 0 B, efficiency 100.0 %'), 'the figures');
  });

  it('beside the version before it, and sees what differs', async () => {
    writeFileSync(join(context, 'src/main.js'), 'run(2);\n');
    const newer = await builtArchive(docker, context, 'sources:2', { folder });
    const { totals } = JSON.parse(
      (await attempt(process.execPath, [command, 'diff', '--json', saved, newer])).stdout.toString(),
    );
    expect(totals).toMatchObject({ added: 0, changed: 1, removed: 0 });
    const program = await explore([saved, newer], { columns: 140 });
    await program.until(
      ([title = '']) => title.includes(`, +${totals.added} ~${totals.changed} -${totals.removed}, `),
      'the difference',
    );
    await walk(program, [
      ['/main.js', '1 found'],
      ['\r', 'content differs'],
      ['d', '+run(2);'],
    ]);
  });

  it('without the base that it was built on', async () => {
    const base = await builtArchive(docker, context, 'sources:base', {
      steps: ['FROM scratch', 'ADD base.tar /'],
      folder,
    });
    const program = await explore(['--base', base, saved], { columns: 120 });
    await walk(program, [
      ['', 'base  ADD'],
      ['fown\r', 'filter own  3006 paths'],
      ['/blob', 'no match; F searches all layers'],
    ]);
  });

  it('in tmux', async () => {
    const tmux = (...args: readonly string[]) => run('tmux', ['-S', join(folder, 'tmux'), ...args]);
    const screen = async (): Promise<string> => (await tmux('capture-pane', '-p')).toString();
    const until = async (text: string): Promise<void> => {
      for (let i = 0; i < 300; i++) {
        if ((await screen()).includes(text)) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`${text} did not appear:\n${await screen()}`);
    };
    await tmux('new-session', '-d', '-x', '120', '-y', '40', 'env', 'PS1=ready> ', 'bash', '--norc');
    try {
      await until('ready>');
      await tmux('send-keys', `${process.execPath} ${command} explore ${saved}`, 'Enter');
      await until('[Layers]');
      await tmux('send-keys', 'j', 'j', 'j', 'j');
      await until(`after layer ${LAYER.settings}, its changes`);
      await tmux('send-keys', '/', 'app.conf', 'Enter');
      await until('>~');
      await tmux('send-keys', 'Enter');
      await until('debug = false');
      await tmux('resize-window', '-x', '70', '-y', '15');
      await until('debug = false');
      await tmux('send-keys', 'q');
      await until('[Files after');
      await tmux('send-keys', 'Escape');
      await until('? help');
      await tmux('send-keys', 'q');
      await until('ready>');
      expect(await screen()).not.toContain('[Files');
    } finally {
      await tmux('kill-server');
    }
  });
});
