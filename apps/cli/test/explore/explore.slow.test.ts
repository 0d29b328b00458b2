import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, examples, layers } from '@layers/testing/command';
import { explore, shows, walk } from '@layers/testing/explorer-program';
import { ociArchive } from '@layers/testing/layer-parts';
import { onTerminal } from '@layers/testing/pty';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it, onTestFinished } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');

describe('layers explore', () => {
  it('walks through layers and files, searches, and shows a file', async () => {
    const program = await explore(demo);
    await walk(program, [
      ['jjj', 'Files after layer 2, its changes'],
      ['\tE', '▾ etc/'],
      ['/conf', 'found'],
      ['\r', '>~      67 B'],
      ['\r', 'listen = 8080'],
      ['/debug', '>debug = false'],
      ['\r', 'n next'],
      ['q', 'Files after layer 2'],
      ['\x1b', '? help'],
      ['?', 'expand or collapse all directories'],
    ]);
    program.type('q');
    await program.until(shows('Files after'), 'the panes');
    program.type('q');
    expect(await program.ended).toBe(0);
    expect(program.hasScreen()).toBe(false);
    // The cursor is shown, and lines wrap again.
    expect(program.written()).toMatch(/\x1b\[\?7h\x1b\[\?25h\x1b\[\?1049l$/);
  });

  it('writes a deleted file, and extracts a directory', async () => {
    const folder = mkdtempSync(join(scratch.folder, 'out-'));
    const image = scratch.file(
      ociArchive([
        [
          { path: 'a/', type: 'directory' },
          { path: 'a/old', data: Buffer.from('old content') },
        ],
        [{ path: 'a/.wh.old' }],
      ]),
    );
    const program = await explore(image, { cwd: folder });
    await walk(program, [
      ['jj\tE', '-     -11 B'],
      ['jw', 'write to: old'],
      ['\r', '11 bytes written to old'],
      ['w\r', 'old already exists'],
      ['kx', 'extract into the directory: a-extracted'],
      ['\r', '0 files extracted to a-extracted, 1 deleted path left out'],
      ['[', 'after layer 0'],
      ['x', 'extract into the directory: a-extracted'],
      ['2\r', '1 file extracted to a-extracted2'],
      ['W', ' Waste'],
    ]);
    expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('old content');
    expect(readFileSync(join(folder, 'a-extracted2/a/old'), 'utf8')).toBe('old content');
    expect(existsSync(join(folder, 'a-extracted/a/old'))).toBe(false);
    program.type('\x03');
    expect(await program.ended).toBe(130);
    expect(program.hasScreen()).toBe(false);
  });

  it('shows the reports of other commands', async () => {
    const program = await explore(demo, { rows: 60 });
    await walk(program, [
      ['I', 'labels'],
      ['q', '[Layers]'],
      ['H', ' History  '],
      ['q', '[Layers]'],
      ['W', ' Waste  '],
      ['q', '[Layers]'],
      ['D', ' Duplicates  '],
      ['q', '[Layers]'],
      ['A', ' Advice  '],
      ['q', '[Layers]'],
      ['P', ' 1 package: '],
    ]);
  });

  it('lists the images of an archive with several, to choose one', async () => {
    const program = await explore(join(examples, 'two-images.tar'), {}, '> #1');
    await walk(program, [
      ['j', '> #2'],
      ['\r', '[Layers]'],
    ]);
    expect(program.screen()[0]).toContain('bramble-worker:2.0');
    program.type('q');
    expect(await program.ended).toBe(0);
    const left = await explore(join(examples, 'two-images.tar'), {}, '> #1');
    left.type('q');
    expect(await left.ended).toBe(0);
    expect(left.hasScreen()).toBe(false);
  });

  it('follows the size of the terminal', async () => {
    const program = await explore(demo);
    program.resize(40, 10);
    await program.until(
      (screen) => screen.length === 10 && screen[1]?.startsWith('[Layers]') === true,
      'a small screen',
    );
    await walk(program, [['\t', '[Files of the image]']]);
    program.resize(120, 40);
    await program.until(
      (screen) => screen[1]?.includes('│') === true && screen.length === 40,
      'a large screen',
    );
  });

  it('is suspended and continues', async () => {
    const line = `${process.execPath} ${command} explore ${demo}`;
    const shell = onTerminal('bash', ['--norc', '-i'], { env: { PS1: 'ready> ' } });
    onTestFinished(() => void process.kill(shell.pid, 'SIGKILL'));
    await shell.until(shows('ready>'), 'the shell');
    shell.type(`${line}\r`);
    await shell.until(shows('[Layers]'), 'the explorer');
    shell.type('\x1a');
    await shell.until(shows('Stopped'), 'the shell');
    expect(shell.hasScreen()).toBe(false);
    shell.type('fg\r');
    await shell.until(shows('[Layers]'), 'the explorer');
    shell.type('j');
    await shell.until(shows('after layer 0'), 'the answer to a key');
    shell.type('q');
    await shell.until((screen) => !shell.hasScreen() && shows('ready>')(screen), 'the shell');
    shell.type('echo again\r');
    await shell.until((screen) => screen.includes('again'), 'echoed text');
  });

  it('restores the terminal when it is terminated', async () => {
    const program = await explore(demo);
    process.kill(program.pid, 'SIGTERM');
    expect(await program.ended).toBe(143);
    expect(program.hasScreen()).toBe(false);
    expect(program.written()).toContain('\x1b[?25h');
  });

  it('restores the terminal before it reports a bug', async () => {
    const script = 'setTimeout(()=>{throw(Error("broken"))},1500)';
    const program = await explore(demo, {
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` },
    });
    expect(await program.ended).toBe(70);
    expect(program.hasScreen()).toBe(false);
    expect(program.screen().join(' ')).toContain('broken');
  });

  it('shows the error of an image that cannot be read after the screen is given back', async () => {
    const program = onTerminal(process.execPath, [command, 'explore', join(examples, 'README.md')]);
    expect(await program.ended).toBe(3);
    expect(program.hasScreen()).toBe(false);
    expect(program.screen().join('')).toContain('README.md is not a tar or image archive');
  });

  it('reads an archive from a pipe, and keys from the terminal', async () => {
    const program = onTerminal('bash', ['-c', `cat ${demo} | ${process.execPath} ${command} explore -`]);
    await program.until(shows('[Layers]'), 'the explorer');
    program.type('j');
    await program.until(shows('after layer 0'), 'the answer to a key');
    program.type('q');
    expect(await program.ended).toBe(0);
  });

  it('escapes names, and keeps lines in place where characters are wide', async () => {
    const names = ['\x1b[31mred', 'a\u202eb', '日本語', 'e\u0301', 'tab\there', '\xff'];
    const image = scratch.file(
      ociArchive([
        names.map((path) => ({ path: path === '\xff' ? Buffer.from([0xff]) : path, data: Buffer.from('x') })),
      ]),
    );
    const program = await explore(image, { env: { NO_COLOR: '1' } });
    program.type('\t');
    await program.until(shows('[Files'), 'the files');
    const lines = program
      .screen()
      .slice(3, 9)
      .map((line) => line.slice(line.indexOf('│')));
    expect(lines.map((line) => line.replace(/^.* /, '')).sort()).toEqual(
      ['\\x1b[31mred', '\\xff', 'a\\u202eb', 'e\u0301', 'tab\\there', '日本語'].sort(),
    );
    expect(
      new Set(
        program
          .screen()
          .slice(3, 20)
          .map((line) => line.indexOf('│')),
      ),
    ).toEqual(new Set([40]));
    expect(program.hasColour()).toBe(false);
    expect(program.written()).not.toContain('\u202e');
  });

  it('refuses what is not a terminal', () => {
    const piped = layers(['explore', demo]);
    expect([piped.status, piped.stdout]).toEqual([2, '']);
    expect(piped.stderr).toContain('standard output is not a terminal');
    expect(piped.stderr).toContain('layers tree IMAGE');
  });

  it('refuses a terminal that cannot move its cursor', async () => {
    const program = onTerminal(process.execPath, [command, 'explore', demo], { env: { TERM: 'dumb' } });
    expect(await program.ended).toBe(2);
    expect(program.screen().join(' ')).toContain('TERM=dumb');
  });

  it('shows each figure of the layers as layers inspect has it', async () => {
    const { layers: reports } = JSON.parse(layers(['inspect', '--json', demo]).stdout);
    const program = await explore(demo, { columns: 160, rows: 50 });
    for (const { layer, added, modified, deleted, diffId } of reports) {
      program.type('j');
      await program.until(shows(`layer ${layer}  `), `layer ${layer}`);
      await program.until(shows(`+${added} ~${modified} -${deleted}  `), `changes of layer ${layer}`);
      await program.until(shows(diffId), `DiffID of layer ${layer}`);
    }
  });
});

describe('a large image', () => {
  it('is left at once with q while it is read', async () => {
    const line = `sleep 20 | { ${process.execPath} ${command} explore -; echo "status $?"; }`;
    const program = onTerminal('bash', ['-c', line]);
    onTestFinished(() => void process.kill(program.pid, 'SIGKILL'));
    await program.until(shows('Reading the image'), 'the progress');
    program.type('q');
    await program.until(shows('status 0'), 'the end of the command');
    expect(program.hasScreen()).toBe(false);
  });
});
