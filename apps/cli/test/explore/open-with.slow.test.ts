import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { command, examples } from '@layers/testing/command';
import { explore, killAtEnd, shows, walk } from '@layers/testing/explorer-program';
import { ociArchive } from '@layers/testing/layer-parts';
import { needs } from '@layers/testing/needs';
import { onTerminal } from '@layers/testing/pty';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');
const FIND_CONFIG = ['jjj\tE/bramble.conf\r', '>~      67 B'] as const;

/** Writes a program, and returns its path and that of a file that it may write. */
function program(script: string): {
  readonly path: string;
  readonly log: string;
  readonly temporary: string;
} {
  const folder = mkdtempSync(join(scratch.folder, 'program-'));
  const path = join(folder, 'program');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  return { path, log: join(folder, 'log'), temporary };
}

describe('p', () => {
  it('gives a file to the pager with its arguments, and takes the terminal back', async () => {
    // It counts its calls: what it printed before stays on the screen below that of the explorer.
    const pager = program(
      'cat >"$2.in"; echo >>"$2.n"; printf "call %s %s:" "$1" $(wc -l <"$2.n"); cat "$2.in"; read answer </dev/tty; echo "$answer" >"$2"',
    );
    const env = { PAGER: `${pager.path} -R ${pager.log}` };
    const explorer = await explore(demo, { env });
    await walk(explorer, [FIND_CONFIG, ['p', 'call -R 1:']]);
    await explorer.until(shows('listen = 8080'), 'the file');
    expect(explorer.hasScreen()).toBe(false);
    await walk(explorer, [['yes\r', 'Files after layer 2']]);
    expect(explorer.hasScreen()).toBe(true);
    expect(readFileSync(pager.log, 'utf8')).toBe('yes\n');
    // Ctrl-C ends the pager, not the explorer.
    await walk(explorer, [
      ['p', 'call -R 2:'],
      ['\x03', 'Files after layer 2'],
      ['\r', 'x hexadecimal'],
      ['p', 'call -R 3:'],
      ['\r', 'x hexadecimal'],
    ]);
    explorer.type('qq');
    expect(await explorer.ended).toBe(0);
  });

  it('reads no more of a large file than the pager does', async () => {
    const image = scratch.file(ociArchive([[{ path: 'big', data: Buffer.alloc(20_000_000, 'big line\n') }]]));
    const pager = program('head -n 1; read answer </dev/tty');
    const explorer = await explore(image, { env: { PAGER: pager.path } });
    await walk(explorer, [
      ['\t', '100.0 %'],
      ['p', 'big line'],
      ['\r', '[Files'],
    ]);
  });

  it('stops after the pager has left the screen, so that the message of the shell stays', async () => {
    const pager = join(scratch.folder, 'slow-pager.js');
    writeFileSync(
      pager,
      `process.stdout.write('\\x1b[?1049h pages');
process.on('SIGTSTP', () => setTimeout(() => {
  process.stdout.write('\\x1b[?1049l');
  process.kill(process.pid, 'SIGSTOP');
}, 50));
process.on('SIGCONT', () => process.exit());
setInterval(() => {}, 1000);`,
    );
    const shell = onTerminal('bash', ['--norc', '-i'], {
      env: { PS1: 'ready> ', PAGER: `${process.execPath} ${pager}` },
    });
    killAtEnd(shell);
    await shell.until(shows('ready>'), 'the shell');
    shell.type(`${process.execPath} ${command} explore ${demo}\r`);
    await shell.until(shows('[Layers]'), 'the explorer');
    await walk(shell, [FIND_CONFIG, ['p', 'pages']]);
    shell.type('\x1a');
    await shell.until((screen) => !shell.hasScreen() && shows('Stopped')(screen), 'the message of the shell');
    await walk(shell, [['fg\r', 'Files after layer 2']]);
  });

  it('uses less, which can be suspended with the explorer', needs('less'), async () => {
    const shell = onTerminal('bash', ['--norc', '-i'], { env: { PS1: 'ready> ', PAGER: '' } });
    killAtEnd(shell);
    await shell.until(shows('ready>'), 'the shell');
    shell.type(`${process.execPath} ${command} explore ${demo}\r`);
    await shell.until(shows('[Layers]'), 'the explorer');
    await walk(shell, [FIND_CONFIG, ['p', 'listen = 8080']]);
    await walk(shell, [
      ['\x1a', 'Stopped'],
      ['fg\r', 'listen = 8080'],
      ['q', 'Files after layer 2'],
      ['k', 'Files after layer 2'],
      ['q', 'ready>'],
    ]);
  });

  it('says what is missing, and that cat is no pager', async () => {
    const explorer = await explore(demo, { env: { PAGER: '/absent/pager' } });
    await walk(explorer, [FIND_CONFIG, ['p', '/absent/pager cannot be run: set PAGER']]);
    const other = await explore(demo, { env: { PAGER: 'cat' } });
    await walk(other, [FIND_CONFIG, ['p', 'PAGER is cat, which is none']]);
  });
});

describe('e', () => {
  it('opens a copy in a private directory, and removes it when it is unchanged', async () => {
    const editor = program('stat -c "%a %n" "$(dirname "$2")" "$2" >"$LOG"; cat "$2" >>"$LOG"; touch "$2"');
    const env = {
      VISUAL: `${editor.path} --wait`,
      EDITOR: 'false',
      LOG: editor.log,
      TMPDIR: editor.temporary,
    };
    const explorer = await explore(demo, { env });
    await walk(explorer, [FIND_CONFIG, ['e', 'Files after layer 2']]);
    await explorer.until(() => existsSync(editor.log) && explorer.hasScreen(), 'the end of the editor');
    await walk(explorer, [['\r', 'listen = 8080']]);
    const [folder = '', file = '', ...content] = readFileSync(editor.log, 'utf8').split('\n');
    expect(folder.slice(0, 3)).toBe('700');
    expect(basename(file)).toBe('bramble.conf');
    expect(content.join('\n')).toContain('listen = 8080');
    explorer.type('q');
    await explorer.until(shows('[Files'), 'the panes');
    expect(readdirSync(editor.temporary)).toEqual([]);
  });

  it('keeps a changed copy, and says where it is', async () => {
    const editor = program('echo more >>"$1"');
    const explorer = await explore(demo, { env: { EDITOR: editor.path, TMPDIR: editor.temporary } });
    await walk(explorer, [FIND_CONFIG, ['e', 'the image stays as it is; your copy: ']]);
    explorer.type('q');
    expect(await explorer.ended).toBe(0);
    const [folder = ''] = readdirSync(editor.temporary);
    const copy = join(editor.temporary, folder, 'bramble.conf');
    expect(readFileSync(copy, 'utf8')).toMatch(/listen = 8080[\s\S]*more\n$/);
    expect(statSync(dirname(copy)).mode & 0o777).toBe(0o700);
  });

  it('never lets a name reach the shell or the terminal', async () => {
    const names = [
      '$(touch pwned)',
      '`touch pwned`',
      '-rf',
      'a;touch pwned',
      'a\x1b[2Jb',
      "x' || touch pwned",
    ];
    const image = scratch.file(ociArchive([names.map((path) => ({ path, data: Buffer.from('x') }))]));
    const editor = program('printf "%s\\n" "$#" >>"$LOG"; test -f "$1"; echo changed >"$1"');
    const folder = mkdtempSync(join(scratch.folder, 'cwd-'));
    const env = { EDITOR: editor.path, LOG: editor.log, TMPDIR: editor.temporary };
    const explorer = await explore(image, { env, cwd: folder });
    await walk(explorer, [['\t', '-rf']]);
    for (let i = 0; i < names.length; i++)
      await walk(explorer, [
        ['e', 'your copy: '],
        ['j', '? help'],
      ]);
    expect(readFileSync(editor.log, 'utf8')).toBe('1\n'.repeat(names.length));
    expect(readdirSync(folder)).toEqual([]);
    expect(explorer.written()).not.toContain('\x1b[2Jb');
  });

  it('ends the editor, and removes the copy, when the explorer is terminated', async () => {
    const editor = program('echo $$ >"$LOG"; exec sleep 1000');
    const env = { EDITOR: editor.path, LOG: editor.log, TMPDIR: editor.temporary };
    const explorer = await explore(demo, { env });
    await walk(explorer, [FIND_CONFIG]);
    explorer.type('e');
    await explorer.until(
      () => existsSync(editor.log) && readFileSync(editor.log, 'utf8') !== '',
      'the editor',
    );
    process.kill(explorer.pid, 'SIGTERM');
    expect(await explorer.ended).toBe(143);
    const pid = Number(readFileSync(editor.log, 'utf8'));
    await explorer.until(() => !existsSync(`/proc/${pid}`), 'the end of the editor');
    expect(readdirSync(editor.temporary)).toEqual([]);
  });
});
