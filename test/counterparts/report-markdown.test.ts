import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { afterAll, describe, expect, test } from 'vitest';

/** The Markdown of reports, as GitHub's program renders it. */
const folder = mkdtempSync(join(tmpdir(), 'layers-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasCmark = spawnSync('cmark-gfm', ['--version']).status === 0;
const NAMES = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)',
  'a`b``c`',
  'a | b || c',
  '@everyone',
  'mail@example.com',
  'www.example.com',
  '[link](javascript:alert(1)) ![x](y)',
  '*a* _b_ ~~c~~ \\*',
  '# b',
];
const filesOf = (size: number) => NAMES.map((path, i) => ({ path, data: Buffer.alloc(size + i, 'x') }));
const config = (word: string) => ({
  config: { Labels: Object.fromEntries(NAMES.map((name) => [name, `${word} ${name}`])) },
  history: [{ created_by: `RUN ${NAMES.join(' ')} ${word}` }],
});

function rendered(...archives: readonly string[]): string {
  const { stdout } = layers(['report', '--format', 'markdown', ...archives]);
  const options = ['table', 'autolink', 'strikethrough'].flatMap((name) => ['--extension', name]);
  return spawnSync('cmark-gfm', ['--unsafe', ...options], { input: stdout, encoding: 'utf8' }).stdout;
}

describe.skipIf(!hasCmark)('the Markdown of hostile images', () => {
  const [a = '', b = ''] = ['a.tar', 'b.tar'].map((name) => join(folder, name));
  writeFileSync(a, archiveOf([filesOf(1000)], undefined, config('one')));
  writeFileSync(b, archiveOf([filesOf(9000)], undefined, config('two')));

  test.each([
    ['one', [a], 'Largest files'],
    ['two', [a, b], 'Grew'],
  ] as const)('has the elements that it writes alone, and each name as text: %s', (_, archives, title) => {
    const html = rendered(...archives);
    const tags = new Set(
      [...html.matchAll(/<(\/?[a-z0-9]+)\b[^>]*>/g)].map(([, tag]) => tag?.replace('/', '')),
    );
    const allowed = 'br code details h3 li ol p strong summary table tbody td th thead tr ul'.split(' ');
    expect(allowed).toEqual(expect.arrayContaining([...tags]));
    const [, section = ''] = html.split(`<summary>${title}</summary>`);
    const [table = ''] = section.split('</details>');
    const names = [...table.matchAll(/<code>([\s\S]*?)<\/code>/g)].map(([, text = '']) =>
      text
        .replace(/<!--.*?-->/g, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&'),
    );
    expect(names.toSorted()).toEqual(NAMES.map((name) => `/${name}`).toSorted());
  });
});
