import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { beforeAll, describe, expect, it } from 'vitest';

const scratch = useScratch();
const at = (name: string): string => join(scratch.folder, name);
const fleet = (args: readonly string[], input?: Uint8Array) =>
  layers(['fleet', ...args], { cwd: scratch.folder, ...(input === undefined ? {} : { input }) });

beforeAll(() => {
  mkdirSync(at('images'));
  for (const name of ['demo.tar', 'two-images.tar']) cpSync(join(examples, name), at(`images/${name}`));
  writeFileSync(at('images/notes.txt'), 'not an image');
  writeFileSync(at('broken.tar'), 'not an image');
});

describe('layers fleet', () => {
  it('scans a folder, and again only what changed', () => {
    const first = fleet(['scan', 'images', '--json']);
    expect(first.status).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ sources: 3, images: 3, newImages: 3, problems: 0 });
    const again = fleet(['scan', '--from', '-'], Buffer.from('images\n'));
    expect(again.stderr).toBe('');
    expect(again.stdout).toMatch(/^images {4}3, of which 0 new/m);
    expect(readdirSync(at('fleet/images'))).toHaveLength(1);
  });

  it('prints rows as a table, CSV, JSON and lines of JSON', () => {
    const query =
      "SELECT tag, files, 'a\u001b[31m\"b,' AS odd, NULL AS none FROM tags JOIN images USING (image) WHERE tag LIKE 'bramble-w%' ORDER BY tag";
    const rows = [
      { tag: 'bramble-web:2.0', files: 25, odd: 'a\u001b[31m"b,', none: null },
      { tag: 'bramble-worker:2.0', files: 25, odd: 'a\u001b[31m"b,', none: null },
    ];
    const json = JSON.parse(fleet(['sql', query, '--json']).stdout);
    expect(json).toMatchObject({
      columns: [{ name: 'tag', type: 'VARCHAR' }, { type: 'BIGINT' }, {}, {}],
      rows,
    });
    const lines = fleet(['sql', query, '--jsonl']).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
    const [title, first] = fleet(['sql', query, '--csv']).stdout.split('\r\n');
    expect([title, first]).toEqual(['tag,files,odd,none', 'bramble-web:2.0,25,"a\u001b[31m""b,",']);
    const table = fleet(['sql', query]).stdout;
    expect(table).toMatch(/^tag +files +odd +none$/m);
    expect(table).not.toContain('\u001b');
    const formatted = (template: string) => fleet(['sql', query, '-f', template]).stdout;
    expect(formatted('{{.tag}}: {{.files}} {{.none}}')).toBe(
      'bramble-web:2.0: 25 <no value>\nbramble-worker:2.0: 25 <no value>\n',
    );
    expect(formatted('table {{.tag}}\\t{{.odd}}')).toMatch(/^TAG +ODD\nbramble-web:2\.0 +a\S*"b,\n/);
    expect(formatted('table {{.tag}}\\t{{.odd}}')).not.toContain('\u001b');
    const [line = ''] = formatted('json').split('\n');
    expect(JSON.parse(line)).toEqual(rows[0]);
    const { status, stderr } = fleet(['sql', query, '-f', '{{.size}}']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('the fields are tag, files, odd, none')]);
    expect(fleet(['scan', 'images', '-f', '{{.images}} {{.newImages}}']).stdout).toBe('3 0\n');
  });

  it('confines a query to the tables', () => {
    writeFileSync(at('prices.csv'), 'tag\nbramble:1.4\n');
    const query = "COPY (FROM tags JOIN read_csv('prices.csv') USING (tag)) TO 'rows.csv'";
    const { status, stderr } = fleet(['sql', query]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('hint: add --external-access')]);
    expect(existsSync(at('rows.csv'))).toBe(false);
    expect(fleet(['sql', '--external-access', query]).status).toBe(0);
    expect(readFileSync(at('rows.csv'), 'utf8')).toContain('bramble:1.4');
    expect(fleet(['top', '--external-access'])).toMatchObject({ status: 2, stdout: '' });
  });

  it('runs several statements, and refuses rows that nobody would see', () => {
    const query = 'CREATE TEMP TABLE named AS FROM tags; SELECT count(*) AS number FROM named';
    expect(fleet(['sql', query, '--csv']).stdout).toBe(
      fleet(['sql', 'SELECT count(*) AS number FROM tags', '--csv']).stdout,
    );
    for (const access of [[], ['--external-access']]) {
      const both = fleet(['sql', ...access, 'FROM tags; FROM images']);
      expect([both.status, both.stdout, both.stderr]).toEqual([
        2,
        '',
        expect.stringContaining('statement 1 of the query has rows'),
      ]);
      const none = fleet(['sql', ...access, ' -- nothing']);
      expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('the query is empty')]);
    }
  });

  it('answers questions', () => {
    const top = fleet(['top', '--top', '1']).stdout;
    expect(top).toMatch(
      /^name +stored bytes +rootfs bytes +wasted bytes +exclusive bytes +layers +files\nbramble:1\.4 +323 kB +113 kB +126 kB +\S+ kB +5 +46\n$/,
    );
    expect(fleet(['top', '--top', '1', '--bytes']).stdout).toContain(' 323072 ');
    const rowsOf = (args: readonly string[]) => JSON.parse(fleet([...args, '--json']).stdout).rows;
    expect(rowsOf(['exclusive', 'bramble', 'bramble-web'])).toMatchObject([{ images: 2, deleted_images: 2 }]);
    expect(rowsOf(['exclusive', 'bramble-w*:2.0'])).toEqual(
      rowsOf(['exclusive', 'bramble-web:2.0', 'bramble-worker:2.0']),
    );
    expect(rowsOf(['packages', 'bramble'])).toMatchObject([{ image: 'bramble:1.4', version: '1.4.0' }]);
    expect(rowsOf(['summary'])).toMatchObject([
      { of: 'images', number: 3 },
      { of: 'layers' },
      { of: 'files' },
    ]);
    for (const action of ['shared', 'duplicates', 'exclusive'])
      expect(rowsOf([action]), action).not.toHaveLength(0);
    expect(rowsOf(['problems'])).toEqual([]);
    expect(rowsOf(['bases'])).toMatchObject([
      { base: null, layers: 1, images: 3, days_behind: 0 },
      { base: null, layers: 2, images: 2, days_behind: 0 },
    ]);
    expect(rowsOf(['stale'])).toEqual([]);
    expect(rowsOf(['whatif'])).toContainEqual(
      expect.objectContaining({
        change: 'zstd for all layers',
        method: 'estimate: 100 % of the bytes compressed',
      }),
    );
    expect(rowsOf(['timeline', 'bramble'])).toMatchObject([{ tag: 'bramble:1.4', growth_bytes: null }]);
    const unknown = fleet(['timeline', 'absent']);
    expect([unknown.status, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('hint: layers fleet timeline'),
    ]);
    const absent = fleet(['exclusive', 'absent']);
    expect([absent.status, absent.stderr]).toEqual([
      2,
      expect.stringContaining('[ERR_LAYERS_IMAGE_NOT_FOUND]'),
    ]);
    expect(absent.stderr).toContain('hint: layers fleet exclusive lists');
    const file = fleet(['exclusive', 'demo.tar']);
    expect([file.status, file.stderr]).toEqual([
      2,
      expect.stringContaining('hint: did you mean images/demo.tar? layers fleet exclusive'),
    ]);
  });

  it('says what it found where there are no rows', () => {
    expect(fleet(['problems'])).toMatchObject({ status: 0, stdout: 'no problems\n' });
    expect(fleet(['packages', 'brambles'])).toMatchObject({
      status: 0,
      stdout: 'no image has a package named brambles; similar names: bramble\n',
    });
    expect(fleet(['sql', 'FROM problems']).stdout).toBe('no rows\n');
    expect(fleet(['problems', '--csv']).stdout).toBe('source,position,code,message\r\n');
    expect(fleet(['packages', 'br*ble', '--csv', '--top', '1']).stdout).toContain(',npm,bramble,1.4.0,');
  });

  it('says what storing each chunk once would save', () => {
    const rowsOf = (args: readonly string[]) =>
      JSON.parse(fleet([...args, '--fleet', 'chunks', '--json']).stdout).rows;
    fleet(['scan', 'images', '--fleet', 'chunks']);
    const { stdout } = fleet(['scan', 'images', '--fleet', 'chunks', '--chunks', '--chunk-sample', '2']);
    expect(stdout).toMatch(/^chunks {4}of \d+ layers$/m);
    const [sampled] = rowsOf(['whatif']).slice(-1);
    expect(sampled).toMatchObject({
      change: 'each chunk of a file once',
      method: 'estimate: one chunk of 2, compressed as the layers are',
    });
    fleet(['scan', 'images', '--fleet', 'chunks', '--chunks', '--chunk-sample', '1']);
    const [, , files, chunks] = rowsOf(['summary']);
    expect(chunks).toMatchObject({ of: 'chunks', method: 'exact', low_bytes: chunks.content_bytes });
    expect(chunks.content_bytes).toBeLessThanOrEqual(files.content_bytes);
    expect(sampled.content_low_bytes).toBeLessThanOrEqual(chunks.content_bytes);
    expect(sampled.content_high_bytes).toBeGreaterThanOrEqual(chunks.content_bytes);
    expect(Object.keys(rowsOf(['shared'])[0])).toContain('exclusive_chunk_low_bytes');
    expect(
      rowsOf([
        'sql',
        'SELECT sum(chunks) = (SELECT count(*) FROM chunks) AS all FROM (SELECT max(chunks) AS chunks FROM chunked GROUP BY tree)',
      ]),
    ).toEqual([{ all: true }]);
  });

  it('reports what it cannot read, and scans the rest', () => {
    const { status, stdout } = fleet(['scan', 'broken.tar', 'images', '--fleet', 'other']);
    expect(status).toBe(1);
    expect(stdout).toContain('1 problem: layers fleet problems --fleet other\n');
    const { rows } = JSON.parse(fleet(['sql', 'FROM problems', '--fleet', 'other', '--json']).stdout);
    expect(rows).toEqual([
      expect.objectContaining({ source: 'broken.tar', position: null, code: 'ERR_LAYERS_NOT_AN_IMAGE' }),
    ]);
  });

  it('does not wait for a pipe in a folder, and reports a symlink without a target', () => {
    mkdirSync(at('odd'));
    cpSync(join(examples, 'demo.tar'), at('odd/demo.tar'));
    expect(spawnSync('mkfifo', [at('odd/pipe')]).status).toBe(0);
    symlinkSync('absent.tar', at('odd/link.tar'));
    const { status, stdout } = fleet(['scan', 'odd', '--fleet', 'of-odd', '--json']);
    expect([status, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ sources: 2, images: 1 })]);
    const { rows } = JSON.parse(fleet(['problems', '--fleet', 'of-odd', '--json']).stdout);
    expect(rows).toEqual([expect.objectContaining({ source: 'odd/link.tar', code: 'ERR_LAYERS_READ' })]);
  });

  it('merges the shards of a scan', () => {
    for (const shard of ['1', '2'])
      expect(fleet(['scan', 'images', '--shard', `${shard}/2`, '--fleet', `shard-${shard}`]).status).toBe(0);
    const { status, stdout } = fleet(['merge', 'shard-1', 'shard-2', '--fleet', 'merged']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^images {4}3, with \d+ layers$/m)]);
    const tags = (name: string) =>
      fleet(['sql', 'SELECT tag, source, position FROM tags ORDER BY ALL', '--csv', '--fleet', name]).stdout;
    fleet(['scan', 'images', '--fleet', 'whole']);
    expect(tags('merged')).toBe(tags('whole'));
    const half = fleet(['merge', 'shard-1', '--fleet', 'half']);
    expect([half.status, half.stderr]).toEqual([3, expect.stringContaining('shard 2/2 is missing')]);
  });

  it('says how to install the package where it is not', () => {
    const cli = join(examples, '../apps/cli');
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(join(cli, name), at(`alone/${name}`), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, [at('alone/bin/layers.js'), 'fleet', 'top'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/^hint: npm install --global layers-cli@\S+ @layers\/fleet@\S+$/m),
    ]);
  });

  it('explains wrong usage', () => {
    const errorOf = (args: readonly string[]) => {
      const { status, stderr } = fleet(args);
      return [status, /\[(ERR_\w+)\]/.exec(stderr)?.[1]];
    };
    expect(errorOf(['scan'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['scan', '-'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['scan', 'absent.tar'])).toEqual([3, 'ERR_LAYERS_INPUT_MISSING']);
    expect(errorOf(['sql'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['sql', 'SELEC'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['sql', 'FROM tags', '--jobs', '2'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['sql', 'FROM tags', '--top', '2'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(fleet(['sql', 'FROM tags', '--top', '2']).stderr).toContain('write LIMIT');
    expect(fleet(['schema', '--top', '2']).stderr).toContain('all columns are listed');
    expect(errorOf(['sql', 'FROM tags', '--shard', '1/2'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    for (const shard of ['0/2', '3/2', '1', '1/0', 'a/b'])
      expect(errorOf(['scan', 'images', '--shard', shard]), shard).toEqual([2, 'ERR_LAYERS_USAGE']);
    for (const oneIn of ['0', '1000001', '1.5', 'x'])
      expect(errorOf(['scan', 'images', '--chunks', '--chunk-sample', oneIn]), oneIn).toEqual([
        2,
        'ERR_LAYERS_USAGE',
      ]);
    expect(errorOf(['scan', 'images', '--chunk-sample', '2'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['top', '--chunks'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['enqueue', 'images', '--chunks'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['enqueue', 'images'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['enqueue', '--queue', 'redis://127.0.0.1:1'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['top', '-f', '{{.name}}', '--csv'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['enqueue', 'images', '--queue', 'http://127.0.0.1'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['enqueue', 'images', '--queue', 'redis://127.0.0.1:1'])).toEqual([3, 'ERR_LAYERS_QUEUE']);
    expect(errorOf(['worker', '--queue', 'redis://127.0.0.1:1'])).toEqual([3, 'ERR_LAYERS_QUEUE']);
    expect(errorOf(['worker', 'images', '--queue', 'redis://127.0.0.1:1'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['top', '--queue', 'redis://127.0.0.1:1'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['merge'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['timeline', 'x', 'y'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['top', 'x'])).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf(['sql', 'FROM tags', '--fleet', 'absent'])).toEqual([3, 'ERR_LAYERS_READ']);
  });
});
