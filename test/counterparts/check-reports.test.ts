import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveOf } from '@layers/testing/diff-archives';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from './layers-command.ts';

/** The reports of `layers check`, read by other programs. */
const folder = mkdtempSync(join(tmpdir(), 'layers-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The schema of JUnit XML that Jenkins has. Debian has no package of it. */
const schema = '/usr/local/share/layers-tests/junit-10.xsd';
const hasXmllint = spawnSync('xmllint', ['--version']).status === 0 && existsSync(schema);
const hasCmark = spawnSync('cmark-gfm', ['--version']).status === 0;

const NAMES = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  'a`b``c`',
  'a | b || c',
  '@everyone',
  'mail@example.com',
  '#1',
  'https:/example.com www.example.com',
  '[link](javascript:alert(1)) ![x](y)',
  '</code></td></details><!-- --> -->',
  '*a* _b_ ~~c~~ \\*',
  '\n::error::injected',
  '%0A::error::injected',
  'a\r\n| x | y |',
  ']]>&amp;&#0;<!DOCTYPE a>',
  '\u0007\u001b[31m\u202e\u200b\ufffe',
].map((name) => name.replaceAll('/', '\u2215'));

const reports = { junit: join(folder, 'j.xml'), markdown: join(folder, 'm.md') };

beforeAll(() => {
  const archive = join(folder, 'hostile.tar');
  const files = NAMES.map((path, i) => ({ path, data: Buffer.alloc(1000 + i, 'x') }));
  const deleted = NAMES.map((name) => ({ path: `.wh.${name}` }));
  const history = NAMES.slice(0, 2).map((created_by) => ({ created_by }));
  writeFileSync(archive, archiveOf([files, deleted], { form: 'hybrid' }, { history }));
  const options = ['--junit', reports.junit, '--markdown', reports.markdown, '--max-layers', '1'];
  const limits = [
    '--min-efficiency',
    '1',
    '--forbid',
    '*',
    '--warn',
    'layer-size=1',
    '--require-label',
    '<a>',
  ];
  const { status } = spawnSync(process.execPath, [command, 'check', ...options, ...limits, archive]);
  expect(status).toBe(1);
});

describe('reports about hostile names', () => {
  it.skipIf(!hasXmllint)('are valid JUnit XML', () => {
    const args = ['--noout', '--nonet', '--schema', schema, reports.junit];
    const { status, stderr } = spawnSync('xmllint', args, { encoding: 'utf8' });
    expect([status, stderr.trim()]).toEqual([0, `${reports.junit} validates`]);
  });

  it.skipIf(!hasCmark)('are Markdown in which GitHub sees only names', () => {
    const args = [
      '--unsafe',
      '--extension',
      'table',
      '--extension',
      'autolink',
      '--extension',
      'strikethrough',
    ];
    const { stdout } = spawnSync('cmark-gfm', [...args, reports.markdown], { encoding: 'utf8' });
    const tags = new Set(
      [...stdout.matchAll(/<(\/?[a-z0-9]+)\b[^>]*>/g)].map(([, tag]) => tag?.replace('/', '')),
    );
    expect([...tags].sort()).toEqual(
      ['code', 'details', 'h3', 'p', 'strong', 'summary', 'table', 'tbody', 'td', 'th', 'thead', 'tr'].sort(),
    );
    const cells = [...stdout.matchAll(/<code>([\s\S]*?)<\/code>/g)].map(([, text = '']) =>
      text.replace(/<!--.*?-->/g, ''),
    );
    const text = cells.map((cell) =>
      cell.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
    );
    const plain = NAMES.filter((name) => !/\p{C}/u.test(name)).map((name) => `/${name}`);
    const paths = new Set(
      text.filter((each) => each.startsWith('/') && !each.includes('\\x') && !each.includes('\\n')),
    );
    expect(plain).toEqual(expect.arrayContaining([...paths]));
    expect(paths.size).toBeGreaterThan(5);
    expect(readFileSync(reports.markdown, 'utf8')).not.toContain('::error');
  });
});
