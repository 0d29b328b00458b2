import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, examples, layers } from '@layers/testing/command';
import { killAtEnd, shows, walk } from '@layers/testing/explorer-program';
import { onTerminal } from '@layers/testing/pty';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');

const plain = (keys: string, ...args: readonly string[]) =>
  layers(['explore', '--plain', ...args, demo], { input: Buffer.from(keys), env: { LINES: '12' } });

describe('layers explore --plain', () => {
  it('tells the selected row and its details, then what each key changes', () => {
    const { status, stdout, stderr } = plain('jj<tab>\nE/bramble.conf<enter><enter>q');
    expect([status, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '[Layers]',
      '    #  Content   Wasted  Instruction',
      '> all   113 kB   126 kB  final file system',
    ]);
    expect(lines).toContain('/bramble.conf   1 found');
    expect(stdout).toContain('[Files after layer 1');
    expect(stdout).toContain('\nlisten = 8080\n');
    // Nothing is told twice in a row.
    expect(lines.filter((line, i) => line !== '' && line === lines[i + 1])).toEqual([]);
  });

  it('writes no escape sequence, and ends with its keys', () => {
    for (const keys of ['', 'j', 'P', 'A', '/x', 'f<10k<enter>', '?', 'y', 'p', '<ctrl-z>j']) {
      const { status, stdout } = plain(keys);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^[^\x00-\x09\x0b-\x1f\x7f]*$/);
    }
    expect(plain('<ctrl-c>').status).toBe(130);
  });

  it('waits for each key until the one before is answered', () => {
    const { stdout } = plain('<tab>E/bramble.conf<enter>vqWqDqA');
    const order = ['[Files of the image]', '1 found', 'listen', 'Waste  ', 'Duplicates', 'Advice'];
    const places = order.map((text) => stdout.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('ends when nobody reads', () => {
    const folder = mkdtempSync(join(scratch.folder, 'pipe-'));
    const keys = join(folder, 'keys');
    writeFileSync(keys, 'jk'.repeat(20_000));
    const program = onTerminal('bash', [
      '-c',
      `${process.execPath} ${command} explore --plain ${demo} <${keys} | head -n 1; echo "status \${PIPESTATUS[0]}"`,
    ]);
    killAtEnd(program);
    return program.until(shows('status 0'), 'the end');
  });

  it('reads keys of a terminal, also one that cannot move its cursor', async () => {
    const program = onTerminal(process.execPath, [command, 'explore', '--plain', demo], {
      env: { TERM: 'dumb' },
      rows: 60,
    });
    killAtEnd(program);
    await program.until(shows('final file system'), 'the first row');
    await walk(program, [
      ['j', '>   0  27.7 kB'],
      ['\t', '[Files after layer 0'],
      ['fbr\r', 'filter br'],
      ['E\x1b[B\x1b[B', '▾ '],
    ]);
    program.type('q');
    expect(await program.ended).toBe(0);
    expect(program.hasScreen()).toBe(false);
    expect(program.written()).not.toContain('\x1b');
  });

  it('lists the images of an archive with several', () => {
    const two = join(examples, 'two-images.tar');
    const { status, stdout } = layers(['explore', '--plain', two], { input: Buffer.from('j<enter>jq') });
    expect(status).toBe(0);
    expect(stdout).toContain('two-images.tar: 2 images\n');
    expect(stdout).toMatch(/\n#2[^\n]*worker[^\n]*\n\[Layers\]\n/);
  });
});

describe('--export', () => {
  it('writes what is seen when the explorer is left, and with J', () => {
    const folder = mkdtempSync(join(scratch.folder, 'export-'));
    const file = join(folder, 'seen.json');
    const run = plain('jjj<tab>Es', '--export', file);
    expect([run.status, run.stderr]).toEqual([0, '']);
    const seen = JSON.parse(readFileSync(file, 'utf8'));
    expect(seen).toMatchObject({
      schemaVersion: 2,
      source: { path: demo, format: 'docker-archive' },
      view: 'files',
      layer: 2,
      changes: { from: 2, to: 2 },
      changesOnly: true,
      filter: null,
      sort: 'name',
      measure: 'size',
      search: null,
      selected: '/etc',
      findings: [],
    });
    expect(seen.rows.map(({ path }: { path: string }) => path)).toContain('/etc/bramble/bramble.conf');
    const { layers: reports } = JSON.parse(layers(['inspect', '--json', demo]).stdout);
    expect(seen.totals).toMatchObject({ sizeBytes: reports[2].contentBytes, deletedBytes: 0 });
    const again = plain('', '--export', file);
    expect([again.status, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toContain('already exists');
    expect(plain('?', '--export', file, '--force').status).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ view: 'text', title: 'Keys' });
  });

  it('has every row, not only those on the screen, as layers ls has them', () => {
    const file = join(mkdtempSync(join(scratch.folder, 'export-')), 'seen.json');
    plain('<tab>E', '--export', file);
    const { rows } = JSON.parse(readFileSync(file, 'utf8'));
    const listed = JSON.parse(layers(['ls', '-R', '--json', demo]).stdout).entries;
    type Entry = Readonly<Record<string, unknown>> & { readonly path: string; readonly type: string };
    const pick = ({ path, type, mode, uid, gid, mtime, layer, linkname, sizeBytes }: Entry) => ({
      ...{ path, type, mode, uid, gid, mtime },
      // A layer that repeats a directory without a change does not count.
      layer: type === 'directory' ? undefined : layer,
      linkname: type === 'symlink' ? linkname : undefined,
      sizeBytes: type === 'directory' ? undefined : sizeBytes,
    });
    const byPath = (entries: readonly Entry[]) => new Map(entries.map((entry) => [entry.path, pick(entry)]));
    const expected = byPath(listed.filter(({ path }: Entry) => path !== '/' && path !== '.'));
    expect(byPath(rows)).toEqual(expected);
    expect(rows).toHaveLength(expected.size);
  });

  it('asks for a name on J without it, and replaces no file of others', () => {
    const folder = mkdtempSync(join(scratch.folder, 'export-'));
    const run = layers(['explore', '--plain', demo], {
      input: Buffer.from('J<ctrl-u>a.json<enter>J<ctrl-u>a.json<enter>'),
      cwd: folder,
    });
    expect(run.stdout).toContain('written to a.json');
    expect(run.stdout).toContain('error: a.json already exists');
    expect(existsSync(join(folder, 'a.json'))).toBe(true);
  });

  it('writes nothing when it is interrupted, and refuses standard output', () => {
    const file = join(mkdtempSync(join(scratch.folder, 'export-')), 'seen.json');
    expect(plain('j<ctrl-c>', '--export', file).status).toBe(130);
    expect(existsSync(file)).toBe(false);
    expect(plain('', '--export', '-')).toMatchObject({ status: 2, stdout: '' });
    expect(plain('', '--export', join(file, 'deep')).status).toBe(4);
  });
});
