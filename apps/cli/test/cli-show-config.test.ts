import { join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { examples, layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();

function archiveWith(config: Record<string, unknown>): string {
  const layers = [buildTar([{ path: 'a', data: Buffer.from('a') }])];
  const image = { tags: ['app:1'], layers, config: { config } };
  return scratch.file(buildDockerArchive({ images: [image] }, { form: 'legacy', compression: null }));
}

const shown = (archive: string): string => {
  const { status, stdout, stderr } = layers(['config', archive]);
  expect([status, stderr]).toEqual([0, '']);
  return stdout.slice(stdout.indexOf('\n\n') + 2);
};

describe('layers config without an edit', () => {
  it('shows what a container runs, and how', () => {
    const archive = archiveWith({
      Entrypoint: ['/entry', 'a b'],
      Cmd: ['serve'],
      User: '1000:1000',
      WorkingDir: '/srv',
      Env: ['PATH=/bin', 'TZ=UTC'],
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      Volumes: { '/data': {} },
      Healthcheck: { Test: ['CMD-SHELL', 'curl -f localhost'], Interval: 30e9, Timeout: 1.5e9, Retries: 3 },
      StopSignal: 'SIGQUIT',
      Labels: { b: '2', a: '1' },
    });
    expect(shown(archive)).toBe(
      [
        ' entrypoint   ["/entry","a b"]',
        ' cmd          ["serve"]',
        ' user         1000:1000',
        ' workdir      /srv',
        ' env          PATH=/bin',
        '              TZ=UTC',
        ' ports        53/udp',
        '              80/tcp',
        ' volumes      /data',
        ' healthcheck  curl -f localhost',
        '              interval 30 s, timeout 1.5 s, retries 3',
        ' stop signal  SIGQUIT',
        ' labels       a=1',
        '              b=2',
        '',
      ].join('\n'),
    );
  });

  it('shows odd values as they are, and escapes them', () => {
    const archive = archiveWith({
      Cmd: 'echo \u001b[31m',
      Env: ['A=1', 7],
      Healthcheck: { Test: ['NONE'] },
      Labels: [1],
    });
    expect(shown(archive)).toBe(
      [' cmd          echo \\x1b[31m', ' env          A=1', '              7', ' healthcheck  NONE', ''].join(
        '\n',
      ),
    );
  });

  it('is shown in short by inspect', () => {
    const archive = archiveWith({
      Entrypoint: ['/entry', '-c', 'a b'],
      Cmd: ['x'],
      User: '1',
      ExposedPorts: { '80/tcp': {} },
    });
    const fact = (path: string): string | undefined =>
      layers(['inspect', path])
        .stdout.split('\n')
        .find((line) => line.startsWith('runs '));
    expect(fact(archive)).toBe('runs     /entry -c "a b" x · user 1 · 80/tcp');
    expect(fact(archiveWith({ Cmd: 'sh \u001b[31m' }))).toBe('runs     "sh \\u001b[31m"');
    expect(fact(archiveWith({ User: '1' }))).toBeUndefined();
  });

  it('says that the config sets nothing', () => {
    expect(layers(['config', archiveWith({})]).stdout).toContain('\nThe config sets nothing.\n');
  });

  it('reads no layer, and has the config as stored in JSON', () => {
    const demo = join(examples, 'demo.tar');
    const { image } = JSON.parse(layers(['config', '--json', demo]).stdout);
    expect(image).toEqual(JSON.parse(layers(['inspect', '--json', demo]).stdout).image);
  });

  it.each([['--check'], ['--dry-run'], ['--tag', 'a:1'], ['--force']])('is a change with %s', (...more) => {
    const { status, stdout } = layers([
      'config',
      join(examples, 'demo.tar'),
      '-o',
      join(scratch.folder, 'x.tar'),
      ...more,
    ]);
    expect([status, stdout.includes('entrypoint')]).toEqual([more[0] === '--tag' ? 0 : 2, false]);
  });
});
