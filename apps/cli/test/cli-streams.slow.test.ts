import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { command, environment, examples, layers, shell } from '@layers/testing/command';
import { needs } from '@layers/testing/needs';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-streams-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const demo = join(examples, 'demo.tar');
const many = join(scratch, 'many.tar');
const ENTRIES = 30_000;
const layer = buildTar([
  ...Array.from({ length: ENTRIES }, (_, i) => ({ path: `files/${String(i).padStart(7, '0')}` })),
  { path: 'large', data: Buffer.alloc(1_000_000, 'x\n') },
]);
writeFileSync(
  many,
  buildDockerArchive({ images: [{ tags: ['many:1'], layers: [layer] }] }, { form: 'hybrid' }),
);

const damaged = join(scratch, 'damaged.tar');
const rootfs = { type: 'layers', diff_ids: [`sha256:${'0'.repeat(64)}`] };
writeFileSync(
  damaged,
  buildDockerArchive(
    { images: [{ tags: ['damaged:1'], layers: [layer], config: { rootfs } }] },
    { form: 'hybrid', compression: 'gzip' },
  ),
);

describe('a closed pipe', () => {
  it.each(['ls -R', 'ls -R --json', 'ls -R --jsonl', 'tree', 'tree --json'])(
    'is not an error of layers %s',
    (args) => {
      const { status, stdout, stderr } = shell(`layers ${args} ${many} | head -1`);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout.split('\n')).toHaveLength(2);
    },
  );

  it.each([
    [1, `diff --jsonl ${demo} ${many}`],
    [1, `diff --format docker ${demo} ${many}`],
    [1, `diff --json ${demo} ${many}`],
    [0, `diff ${demo} ${demo}`],
    [1, `verify ${damaged}`],
    [1, `verify --json ${damaged}`],
    [0, `verify ${demo}`],
    [1, `ls -R ${damaged}`],
    [1, `waste --jsonl ${damaged}`],
  ])('keeps the status %i of layers %s', (expected, args) => {
    const { status, stderr } = shell(`layers ${args} | true`);
    expect(status).toBe(expected);
    expect(stderr).not.toContain('hint: ');
  });

  it('on standard error keeps the status too', () => {
    expect(shell(`layers ls -R ${damaged} 2>&1 >/dev/null | true`).status).toBe(1);
    expect(shell(`layers ls -R ${damaged} 2>/dev/full | tail -1`).status).toBe(1);
    expect(shell(`layers squash -o - ${demo} 2>&1 >/dev/null | true`).status).toBe(0);
  });

  it.each([
    `export ${many}`,
    `squash -o - ${many}`,
    `cat ${many} /large`,
    `append --delete /large -o - ${many}`,
  ])('ends layers %s with 141, as SIGPIPE would', (args) => {
    const { status, stderr } = shell(`layers ${args} -q | head -c 100 | wc -c`);
    expect([status, stderr]).toEqual([141, '']);
  });
});

describe('standard output', () => {
  it('receives everything, also through a slow pipe', () => {
    const { status, stdout } = shell(`layers ls -R ${many} | (sleep 1; wc -l)`);
    expect([status, stdout.trim()]).toEqual([0, String(ENTRIES + 2)]);
  });

  it('that cannot be written ends with 4', () => {
    const { status, stderr } = shell(`layers ls -R ${many} > /dev/full`);
    expect(status).toBe(4);
    expect(stderr).toMatch(
      /^error: standard output cannot be written: .+ \[ERR_LAYERS_WRITE_OUTPUT\]\nhint: .+\n$/,
    );
  });

  it('is empty if there is an error', () => {
    expect(layers(['inspect', '--json', './absent.tar']).stdout).toBe('');
  });
});

describe('an interrupt', () => {
  /** Starts the command with a pipe that gives part of an archive and then waits, and sends a signal. */
  function interrupted(args: readonly string[], signal: NodeJS.Signals) {
    const env = environment({ TMPDIR: mkdtempSync(join(scratch, 'tmp-')) });
    const child = spawn(process.execPath, [command, ...args], { env });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdin.on('error', () => {});
    let timer: NodeJS.Timeout | undefined;
    // More than a pipe can buffer: once it is written, the command reads, and handles signals.
    child.stdin.write(readFileSync(many).subarray(0, 2_000_000), () => {
      timer = setInterval(() => {
        if (!args.includes('cat') || readdirSync(env['TMPDIR'] ?? '').length > 0) child.kill(signal);
      }, 400);
    });
    return new Promise<{ status: number | null; stderr: string; left: string[] }>((resolve) => {
      child.on('close', (status) => {
        clearInterval(timer);
        resolve({ status, stderr, left: readdirSync(env['TMPDIR'] ?? '') });
      });
    });
  }

  it('ends with 130 and leaves nothing behind', async () => {
    expect(await interrupted(['inspect', '-'], 'SIGINT')).toEqual({ status: 130, stderr: '', left: [] });
    const spooling = await interrupted(['cat', '-', '/etc/motd'], 'SIGINT');
    expect(spooling).toMatchObject({ status: 130, left: [] });
    expect(spooling.stderr).not.toContain('error');
  });

  it('by another signal has the status that shells expect', async () => {
    expect(await interrupted(['cat', '-', '/etc/motd'], 'SIGTERM')).toMatchObject({ status: 143, left: [] });
  });
});

describe('a terminal', () => {
  /** Runs a shell command in a terminal of 100 columns, and returns everything that it prints. */
  const terminal = (line: string, env: Readonly<Record<string, string>> = {}) => {
    const run = `stty cols 100; ${line}`.replaceAll('layers ', `"${process.execPath}" "${command}" `);
    const { status, stdout } = spawnSync('script', ['-qefc', run, '/dev/null'], {
      env: environment({ TERM: 'xterm', SHELL: '/bin/bash', ...env }),
    });
    return { status, text: stdout.toString('utf8').replaceAll('\r\n', '\n') };
  };

  it('gets colors, while a pipe gets none', needs('script'), () => {
    expect(terminal(`layers inspect ${demo}`).text).toContain('\x1b[');
    expect(terminal(`layers inspect ${demo} | cat`).text).not.toContain('\x1b[');
    expect(terminal(`layers inspect ${demo}`, { NO_COLOR: '1' }).text).not.toContain('\x1b[');
    expect(terminal(`layers inspect ${demo}`, { TERM: 'dumb' }).text).not.toContain('\x1b[');
    expect(terminal(`layers inspect --color never ${demo}`).text).not.toContain('\x1b[');
    expect(terminal(`layers inspect nothing.tar > /dev/null`).text).toContain('\x1b[31merror:');
  });

  it('determines the width of tables', needs('script'), () => {
    const { text } = terminal(`layers inspect --color never ${demo}`);
    expect(Math.max(...text.split('\n').map((line) => [...line].length))).toBe(100);
  });

  it('is sent binary files only with --force', needs('script'), () => {
    const refused = terminal(`layers cat ${demo} /bin/sh`);
    const text = terminal(`layers cat ${demo} /etc/bramble/bramble.conf`);
    expect(text).toMatchObject({ status: 0, text: expect.stringContaining('listen = 8080') });
    const binary = join(scratch, 'binary.tar');
    const one = buildTar([{ path: 'binary', data: Buffer.from('\x1b[31mred\0') }]);
    writeFileSync(
      binary,
      buildDockerArchive({ images: [{ tags: ['b:1'], layers: [one] }] }, { form: 'legacy' }),
    );
    expect(terminal(`layers cat ${binary} /binary`)).toMatchObject({
      status: 2,
      text: expect.stringContaining('--force'),
    });
    expect(terminal(`layers cat ${binary} /binary`).text).not.toContain('\x1b[31mred');
    expect(terminal(`layers cat --force ${binary} /binary`)).toMatchObject({
      status: 0,
      text: '\x1b[31mred\0',
    });
    expect(refused.status).toBe(0);
  });

  it('gets no archive without -o', needs('script'), () => {
    expect(terminal(`layers squash ${demo}`)).toMatchObject({
      status: 2,
      text: expect.stringContaining('no output given'),
    });
  });

  it('is not read as an archive', needs('script'), () => {
    expect(terminal('layers inspect -')).toMatchObject({
      status: 2,
      text: expect.stringContaining('is a terminal'),
    });
  });

  it('shows the progress of slow work, and clears it afterwards', needs('script'), () => {
    const slow = `(head -c 100000 ${demo}; sleep 2; tail -c +100001 ${demo})`;
    const shown = terminal(`${slow} | layers inspect -`).text;
    expect(shown).toMatch(/read \d+ kB {2}/);
    // The cursor is shown, the line cleared, and the result printed.
    expect(shown.lastIndexOf('\x1b[?25h')).toBeGreaterThan(shown.lastIndexOf('\x1b[?25l'));
    for (const quiet of ['-q', '--no-progress']) {
      expect(terminal(`${slow} | layers inspect ${quiet} -`).text).not.toContain('read ');
    }
    expect(terminal(`layers inspect ${demo}`).text).not.toContain('\x1b[?25');
  });
});
