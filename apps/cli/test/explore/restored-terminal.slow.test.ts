import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command, environment, examples } from '@layers/testing/command';
import { killAtEnd, shows } from '@layers/testing/explorer-program';
import { onTerminal, type PtyProgram } from '@layers/testing/pty';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it, onTestFinished } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const PATIENCE_MS = 20_000;
const PAUSE_MS = 20;

/** What the explorer can be doing: its arguments, and keys with what they show. */
const STATES: readonly {
  readonly name: string;
  /** A line of the shell in which `$EXPLORE` is the command. */
  readonly line: string;
  readonly first: string;
  readonly steps: readonly (readonly [keys: string, shown: string])[];
}[] = [
  { name: 'an image that is read', line: 'sleep 30 | $EXPLORE -', first: 'Reading the image', steps: [] },
  {
    name: 'the layers and files',
    line: `$EXPLORE ${demo}`,
    first: '[Layers]',
    steps: [['jj', 'after layer 1']],
  },
  {
    name: 'a text',
    line: `$EXPLORE ${demo}`,
    first: '[Layers]',
    steps: [['?', 'expand or collapse all directories']],
  },
  { name: 'a question', line: `$EXPLORE ${demo}`, first: '[Layers]', steps: [['fetc', 'filter: etc']] },
  {
    name: 'a list of images',
    line: `$EXPLORE ${join(examples, 'two-images.tar')}`,
    first: '> #1',
    steps: [],
  },
];

let made = 0;

/** Returns a line of a shell that makes `$EXPLORE` the command, and the process of it once it runs. */
function explorer(): { readonly start: string; readonly pidOf: () => number } {
  const pidFile = join(scratch.folder, `pid-${made++}`);
  const line = `echo $$ >${pidFile}; exec ${process.execPath} ${command} explore "$@"\n`;
  const start = `EXPLORE='sh ${scratch.file(Buffer.from(line))}'`;
  return { start, pidOf: () => Number(readFileSync(pidFile, 'utf8')) };
}

/** Starts a line in a shell, which then prints the status and the modes of the terminal. */
async function inShell({ line, first, steps }: (typeof STATES)[number]): Promise<{
  readonly shell: PtyProgram;
  /** The process of the explorer. */
  readonly pid: number;
}> {
  const { start, pidOf } = explorer();
  const script = `${start}; ${line}; echo "status $?"; stty -a; echo the end`;
  const shell = onTerminal('bash', ['-c', script], { rows: 24 });
  killAtEnd(shell);
  await shell.until(shows(first), first);
  for (const [keys, shown] of steps) {
    shell.type(keys);
    await shell.until(shows(shown), shown);
  }
  return { shell, pid: pidOf() };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return (
      !existsSync(`/proc/${pid}/stat`) || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    );
  } catch {
    return false;
  }
}

async function untilTrue(holds: () => boolean, what: string): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(`not ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

describe.each(STATES)('the terminal, while $name is shown', (state) => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('is restored by %s', async (signal, status) => {
    const { shell, pid } = await inShell(state);
    expect(shell.hasScreen()).toBe(true);
    process.kill(pid, signal);
    await shell.until(shows('the end'), 'the end');
    expect(shell.hasScreen()).toBe(false);
    const text = shell.screen().join(' ');
    expect(text).toContain(`status ${status}`);
    expect(text).toMatch(/ icanon .* echo /);
    expect(shell.written()).toMatch(/\x1b\[\?7h\x1b\[\?25h\x1b\[\?1049l/);
  });

  it('is restored by Ctrl-C', async () => {
    const { shell } = await inShell(state);
    shell.type('\x03');
    await shell.until(shows('the end'), 'the end');
    expect(shell.hasScreen()).toBe(false);
    expect(shell.screen().join(' ')).toMatch(/status 130 .* icanon .* echo /);
  });

  it('is given to the shell by Ctrl-Z, and taken again by fg', async () => {
    const shell = onTerminal('bash', ['--norc', '-i'], { env: { PS1: 'ready> ' } });
    killAtEnd(shell);
    await shell.until(shows('ready>'), 'the shell');
    shell.type(`EXPLORE='${process.execPath} ${command} explore'; ${state.line}\r`);
    await shell.until((screen) => shell.hasScreen() && shows(state.first)(screen), state.first);
    let shown = state.first;
    for (const [keys, text] of state.steps) {
      shell.type(keys);
      await shell.until(shows(text), text);
      shown = text;
    }
    for (let i = 0; i < 2; i++) {
      shell.type('\x1a');
      await shell.until((screen) => !shell.hasScreen() && shows('Stopped')(screen), 'the shell');
      shell.type('stty -a\r');
      await shell.until((screen) => / icanon .* echo /.test(screen.join(' ')), 'the modes of a shell');
      shell.type('clear\r');
      await shell.until((screen) => !shows('Stopped')(screen), 'a clear screen');
      shell.type('fg\r');
      await shell.until((screen) => shell.hasScreen() && shows(shown)(screen), 'the explorer');
    }
    shell.type('\x03');
    await shell.until((screen) => !shell.hasScreen() && shows('ready>')(screen), 'the shell');
  });

  it.each(['', 'trap "" HUP; '])('ends the explorer when it is closed: %s', async (trap) => {
    const { start, pidOf } = explorer();
    // Another process has the other end of the terminal, as a terminal emulator has, and is killed.
    const emulator = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { spawn } from '@lydell/node-pty';
         const program = spawn('bash', ['-c', process.argv[1]], { cols: 80, rows: 24 });
         program.onData((data) => process.stdout.write(data));
         process.stdin.on('data', (keys) => program.write(keys.toString()));`,
        `${trap}${start}; ${state.line}`,
      ],
      { cwd: root, env: environment({ TERM: 'xterm-256color' }), stdio: ['pipe', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void emulator.kill('SIGKILL'));
    let written = '';
    emulator.stdout.on('data', (data: Buffer) => {
      written += data.toString();
    });
    await untilTrue(() => written.includes(state.first), `shown: ${state.first}`);
    for (const [keys] of state.steps) emulator.stdin.write(keys);
    const pid = pidOf();
    killAtEnd({ pid });
    expect(isAlive(pid)).toBe(true);
    emulator.kill('SIGKILL');
    await untilTrue(() => !isAlive(pid), 'ended');
  });
});

describe('the terminal', () => {
  it('is taken again after a stop that no program can handle', async () => {
    const shell = onTerminal('bash', ['--norc', '-i'], { env: { PS1: 'ready> ' } });
    killAtEnd(shell);
    const { start, pidOf } = explorer();
    shell.type(`${start}; clear; $EXPLORE ${demo}\r`);
    await shell.until((screen) => shell.hasScreen() && shows('[Layers]')(screen), 'the explorer');
    process.kill(pidOf(), 'SIGSTOP');
    await shell.until(shows('Stopped'), 'the shell');
    shell.type('fg\r');
    await shell.until((screen) => !shows('Stopped')(screen) && shows('[Layers]')(screen), 'the explorer');
    shell.type('j');
    await shell.until(shows('after layer 0'), 'the answer to a key');
    shell.type('q');
    await shell.until((screen) => !shell.hasScreen() && shows('ready>')(screen), 'the shell');
  });

  it('is not opened where there is none to read keys from', async () => {
    const line = `setsid -w ${process.execPath} ${command} explore ${demo} </dev/null; echo "status $?"`;
    const program = onTerminal('bash', ['-c', line]);
    killAtEnd(program);
    await program.until(shows('status 2'), 'the status');
    expect(program.screen().join(' ')).toContain('there is no terminal to read keys from');
    expect(program.written()).not.toContain('\x1b[?1049h');
  });
});
