import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explore, shows, walk } from '@layers/testing/explorer-program';
import type { PtyProgram } from '@layers/testing/pty';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { builtArchive, LAYER, LONG_END, SETTINGS, writeContext } from './explore-images.ts';
import { layersCommand } from './layers-command.ts';

/** What users of an explorer asked for, on an image that Docker built: layers and their files. */
const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-explore-'));

/** The names of the files pane, from the top. */
function names(screen: readonly string[]): string[] {
  const end = screen.findIndex((line) => line.startsWith(' Details'));
  return screen.slice(3, end).flatMap((line) => {
    const [, name] = / {2}(?:[▾▸] )?(\S+)(?: -> \S+)?$/.exec(line.split('│')[1] ?? '') ?? [];
    return name === undefined ? [] : [name];
  });
}

/** Opens an image, and waits until all of it is read: lists have all layers. */
async function opened(...args: Parameters<typeof explore>): Promise<PtyProgram> {
  const program = await explore(...args);
  await program.until(([title = '']) => !/ of \d+ layers? read/.test(title), 'all layers');
  return program;
}

describe.skipIf(socket === '')('a user who explores an image of docker save', () => {
  let image = '';
  beforeAll(async () => {
    image = await builtArchive(docker, await writeContext(folder), 'explored:1', { folder });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    const ids = await docker(['images', '--quiet', 'explored']);
    if (ids !== '') await docker(['rmi', '--force', ...ids.split('\n')]).catch(() => '');
  });

  it('sees the largest directories first, and sorts by name and time', async () => {
    const program = await opened(image, { columns: 120 });
    await program.until(
      (screen) => names(screen).join(' ').startsWith('opt/ bin/ app/ etc/'),
      'the largest directory first',
    );
    program.type('s');
    await program.until((screen) => names(screen).join(' ').startsWith('app/ bin/'), 'the names in order');
    program.type('s');
    await program.until(shows('by time'), 'the latest first');
  });

  it('views a file, also a deleted one', async () => {
    const program = await opened(image, { columns: 120 });
    await walk(program, [
      ['/app.conf', '1 found'],
      ['\r', '>'],
      ['\r', 'debug = false'],
      ['q', 'Files of the image'],
      ['\x1b', '? help'],
      [']]]]]', `after layer ${LAYER.removal}, its changes`],
      ['/secret', '1 found'],
      ['\r', '>-'],
      ['\r', 'the secret'],
    ]);
  });

  it('sees what a step changed within a file', async () => {
    const program = await opened(image, { columns: 120 });
    await walk(program, [
      [']]]]', `after layer ${LAYER.settings}, its changes`],
      ['/app.conf', '1 found'],
      ['\r', '>~'],
      ['d', '-debug = true'],
    ]);
    expect(program.screen().join('\n')).toContain('+debug = false');
  });

  it('writes a file of any layer to the disk, and extracts a directory', async () => {
    const to = mkdtempSync(join(folder, 'out-'));
    const program = await opened(image, { columns: 120, cwd: to });
    await walk(program, [
      [']', `after layer ${LAYER.base}`],
      ['/app.conf', '1 found'],
      ['\r', '+'],
      ['w\r', `${SETTINGS.before.length} bytes written to app.conf`],
      [']]]', `after layer ${LAYER.settings}`],
      ['/app.conf', '1 found'],
      ['\r', '>~'],
      ['w', 'write to: app.conf'],
      ['-new\r', `${SETTINGS.after.length} bytes written to app.conf-new`],
      [']', `after layer ${LAYER.removal}`],
      ['/manual', '1 found'],
      ['\r', '>-'],
      ['w\r', '700000 bytes written to manual'],
      ['c', 'all files'],
      ['/opt', 'found'],
      ['\r', 'opt: 1 of'],
      ['x', 'extract into the directory: opt-extracted'],
      ['\r', '1 file extracted to opt-extracted'],
    ]);
    expect(readFileSync(join(to, 'app.conf'), 'utf8')).toBe(SETTINGS.before);
    expect(readFileSync(join(to, 'app.conf-new'), 'utf8')).toBe(SETTINGS.after);
    expect(
      readFileSync(join(to, 'manual')).equals(readFileSync(join(folder, 'base/usr/share/doc/manual'))),
    ).toBe(true);
    expect(statSync(join(to, 'opt-extracted/opt/data/blob')).size).toBe(3_000_000);
  });

  it('walks a step that changed the owner of thousands of files, each key with its own row', async () => {
    const program = await opened(image, { columns: 120 });
    await walk(program, [
      [']]]', `after layer ${LAYER.owner}, its changes`],
      ['\tE', 'module-1'],
      ['s', 'module-0001'],
      ['g', 'module-0001'],
    ]);
    const before = program.written().length;
    // The rows of /app and /app/lib come first.
    program.type('j'.repeat(2 + 1500));
    await program.until((screen) => screen.some((line) => /│>~.*module-1500\.js$/.test(line)), 'row 1502');
    expect(program.screen().join('\n')).toContain('1000:1000');
    // Keys that come together are answered by one screen.
    expect(program.written().length - before).toBeLessThan(1500 * 1000);
  });

  it('leaves the base out', async () => {
    const program = await opened(image, { columns: 120 });
    await walk(program, [
      [']]]]]', `after layer ${LAYER.removal}, its changes`],
      ['\x01', 'Files changed by layers 1 to 4'],
    ]);
    // Not /opt and /bin, which only the base has.
    await program.until((screen) => names(screen).join(' ') === 'usr/ app/ etc/', 'the changes');
  });

  it('follows the life of a file through all layers', async () => {
    const program = await opened(image, { columns: 120, rows: 60 });
    await walk(program, [
      ['/app.conf', '1 found'],
      ['\r', 'app.conf: 1 of 1'],
      ['i', `layer ${LAYER.base}  + added  ${SETTINGS.before.length} B  ADD`],
    ]);
    const lines = program.screen().filter((line) => /^ layer \d/.test(line));
    expect(lines).toHaveLength(2);
    expect(shows(`wasted by layer ${LAYER.settings}: sed`)(program.screen())).toBe(true);
    expect(lines[0]).toMatch(/^ layer 3 {2}~ changed {2}24 B {2}sed -i s\/true\/false\/ \/etc\/app\.conf/);
  });

  it('goes from a file to the step that stored it, and to the one that deleted it', async () => {
    const program = await opened(image, { columns: 120 });
    await walk(program, [
      [']]]]]', `after layer ${LAYER.removal}, its changes`],
      ['/manual', '1 found'],
      ['\r', '>-'],
      ['o', `after layer ${LAYER.base}`],
      ['O', `after layer ${LAYER.removal}`],
    ]);
  });

  it('lists the versions of a file in all layers, and goes to one', async () => {
    const program = await opened(image, { columns: 120 });
    await walk(program, [
      ['F', ' versions'],
      ['fapp.conf\r', 'filter app.conf: 2 rows'],
      ['', `replaced by ${LAYER.settings}, wasted`],
      ['j\r', `after layer ${LAYER.base}`],
      ['', '/etc/app.conf'],
    ]);
  });

  it('lists what one step did to files', async () => {
    const program = await opened(image, { columns: 120 });
    await walk(program, [
      ['F', ' versions'],
      ['f-\r', 'filter -: 2 rows'],
      ['', `deleted by ${LAYER.removal}, wasted`],
      ['', '/usr/share/doc/manual'],
    ]);
    const deleted = program.screen().filter((line) => line.includes(`deleted by ${LAYER.removal}`));
    expect(deleted.map((line) => line.trim().split(/ +/).at(-1)).sort()).toEqual([
      '/app/secret.txt',
      '/usr/share/doc/manual',
    ]);
  });

  it('filters by size, path, kind of change and layer', async () => {
    const program = await opened(image, { columns: 120, rows: 40 });
    const filtered = async (filter: string, paths: number): Promise<string[]> => {
      program.type(`f\x15${filter}\r`);
      await program.until(shows(`filter ${filter}  ${paths} path`), `${filter}: ${paths} paths`);
      return names(program.screen());
    };
    program.type('E');
    await filtered('>1M', 2);
    await program.until(
      (screen) => names(screen).join(' ') === 'opt/ data/ blob bin/ busybox',
      'the large files',
    );
    await filtered('*.conf', 1);
    await filtered('/app/lib/module-000*', 10);
    await filtered(`layer:${LAYER.settings}`, 2);
    program.type('\x1b');
    await program.until((screen) => !shows('filter')([screen[1] ?? '']), 'no filter');
    await walk(program, [[']]]]]', `after layer ${LAYER.removal}`]]);
    await filtered('-', 3);
  });

  it('reads the whole instruction of a layer', async () => {
    const program = await opened(image, { columns: 120 });
    await walk(program, [
      [']]]]', `after layer ${LAYER.settings}`],
      ['\r', LONG_END],
    ]);
  });

  it('sees which files a step only gave another owner', async () => {
    const program = await opened(image, { columns: 140 });
    await walk(program, [
      [']]]', `after layer ${LAYER.owner}`],
      ['/main.js', '1 found'],
      ['\r', '>~'],
      ['i', `layer ${LAYER.owner}  ~ changed`],
    ]);
    const lines = program.screen();
    expect(lines.some((line) => line.includes('1000:1000'))).toBe(true);
    expect(lines.some((line) => line.startsWith(` layer ${LAYER.source}  + added  7 B  `))).toBe(true);
    await walk(program, [
      ['q', 'Files after'],
      ['\x1b', '? help'],
      ['W', 'Stored by, path'],
      ['E', 'rewritten'],
    ]);
  });

  it('reads what each figure is made of', async () => {
    interface Figures {
      readonly totals: {
        readonly wastedBytes: number;
        readonly contentBytes: number;
        readonly rootfsBytes: number;
      };
      readonly layers: readonly { readonly wastedBytes: number }[];
    }
    const document: Figures = JSON.parse(await layersCommand(['inspect', '--json', image]));
    const { wastedBytes, contentBytes, rootfsBytes } = document.totals;
    expect(rootfsBytes + wastedBytes).toBe(contentBytes);
    const program = await opened(['--bytes', image], { columns: 160, rows: 40 });
    const share = (Math.floor((rootfsBytes / contentBytes) * 1000) / 10).toFixed(1);
    await program.until(shows(`wasted ${wastedBytes}, efficiency ${share} %`), 'the totals');
    // The wasted bytes of the image are those of its layers.
    const column = program
      .screen()
      .slice(4, 9)
      .map((line) => Number(/^[> ] +\d+ +\d+ +(\d+) /.exec(line)?.[1]));
    expect(column).toEqual(document.layers.map((layer) => layer.wastedBytes));
    expect(column.reduce((sum, bytes) => sum + bytes, 0)).toBe(wastedBytes);
    await walk(program, [['?', ' Keys']]);
  });

  it('is told what to change in the Dockerfile', async () => {
    const program = await opened(image, { columns: 120, rows: 50 });
    await walk(program, [
      ['A', '`chown` stores files a second time'],
      ['/second time\r', '1 of 1'],
      ['i', '--chown'],
    ]);
  });
});
