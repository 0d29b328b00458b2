import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { oddArchive } from '@layers/testing/odd-archive';
import { afterAll, describe, expect, it } from 'vitest';
import { widthOf } from '../src/output/text-width.ts';

const scratch = mkdtempSync(join(tmpdir(), 'layers-tables-'));
const odd = join(scratch, 'odd.tar');
writeFileSync(odd, oddArchive({ form: 'hybrid' }));
afterAll(() => rmSync(scratch, { recursive: true }));

const RAW = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/;
const TABLES = [
  ['inspect'],
  ['inspect', '--verify'],
  ['waste'],
  ['history'],
  ['verify'],
  ['advise'],
  ['config'],
  [
    'check',
    '--min-efficiency',
    '0',
    '--warn',
    'efficiency=1',
    '--warn',
    'layers=0',
    '--warn',
    'forbidden-paths=*',
  ],
  ['base'],
  ['duplicates'],
  ['secrets'],
  ['packages'],
];
const all = [
  ...TABLES,
  ['ls', '-lR'],
  ['ls', '-l', '--digest', '-R'],
  ['ls', '--layer', '1'],
  ['tree'],
  ['tree', '--layer', '0'],
  ['find'],
];

describe.each([odd, join(examples, 'demo.tar'), join(examples, 'demo-oci.tar')])('on %s', (archive) => {
  it.each(TABLES)('layers %s %s: no line is wider than the terminal', (...args) => {
    const bytes = args[0] === 'verify' || args[0] === 'base' ? [] : ['--bytes'];
    for (const [columns, ...more] of [[80], [80, ...bytes], [60], [132]] as const) {
      const env = { COLUMNS: String(columns) };
      const { status, stdout } = layers([...args, ...more, archive], { env });
      expect(status).toBe(0);
      const lines = stdout.split('\n');
      expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
      expect(lines.length).toBeGreaterThan(3);
    }
  });

  it.each(all)('layers %s %s: nothing reaches the terminal raw', (...args) => {
    for (const env of [{}, { COLUMNS: '80', LANG: 'C' }]) {
      expect(layers([...args, archive], { env }).stdout).not.toMatch(RAW);
    }
    if (TABLES.includes(args)) expect(layers([...args, '--no-trunc', archive]).stdout).not.toMatch(RAW);
  });
});

describe('tables', () => {
  it('shows more on a wider terminal, and everything with --no-trunc', () => {
    const instruction = 'x'.repeat(300);
    const at = (columns: string) => layers(['inspect', odd], { env: { COLUMNS: columns } }).stdout;
    expect(at('80')).not.toContain('entries');
    expect(at('132')).toContain('entries');
    expect(at('80')).not.toContain(instruction);
    expect(layers(['inspect', '--no-trunc', odd], { env: { COLUMNS: '80' } }).stdout).toContain(instruction);
  });

  it('shows the cause of a copy by chmod, and its instruction', () => {
    const { stdout } = layers(['waste', odd]);
    expect(stdout).toMatch(/900 kB {2}rewritten: mode +0 +1 {2}\/big\n/);
    expect(stdout).toMatch(/chmod 600 \/big/);
  });

  it('prints exact bytes when asked', () => {
    expect(layers(['waste', '--bytes', odd]).stdout).toMatch(/^ *900000 {2}rewritten/m);
  });

  it('shows the bytes of names that are not UTF-8', () => {
    expect(layers(['ls', '-R', odd]).stdout).toContain('/etc/latin-\\xe9\\xff\n');
  });

  it('draws in ASCII in a locale without UTF-8', () => {
    const { stdout } = layers(['tree', join(examples, 'demo.tar')], { env: { LANG: 'C' } });
    expect(stdout).toContain('|-- bin/\n');
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('lists as ls does', () => {
    const { stdout } = layers(['ls', '-l', odd, '/etc']);
    const [line] = stdout
      .split('\n')
      .filter((text) => text.includes('link ->') || text.includes('link -> target'));
    expect(line).toMatch(/^l\S{9} +0:0 +0 B {2}1970-01-01 00:00 {4}0 {2}link -> target-\\x1b/);
    expect(layers(['ls', '-l', odd, '/dev']).stdout).toMatch(/^c\S{9} +0:0 +1, 3 /);
  });
});
