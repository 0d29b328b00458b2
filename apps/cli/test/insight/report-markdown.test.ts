import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { AFTER, archiveOf, BEFORE } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');

/** Decodes what Markdown shows. */
function shown(markdown: string): string {
  return markdown
    .replace(/<!--.*?-->|<\/?(?:code|details|summary)>/g, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('\u2060', '');
}

function markdownOf(...args: readonly string[]): string {
  const { status, stdout, stderr } = layers(['report', '--format', 'markdown', ...args]);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

/** Returns the rows of the table below a title. */
function rowsBelow(markdown: string, title: string): string[] {
  const [, section = ''] = markdown.split(`<summary>${title}</summary>`);
  const [table = ''] = section.split('</details>');
  return table
    .split('\n')
    .filter((line) => /^\| (?!---|--:)/.test(line))
    .slice(1);
}

describe('layers report --format markdown', () => {
  it('has the figures, the reasons and the advice of the page, and the first rows of its tables', () => {
    const text = markdownOf(demo);
    const decoded = shown(text);
    expect(decoded).toMatch(
      /^### Image bramble:1\.4\n\n\| Figure \| Value \|\n\| --- \| --: \|\n\| all files, uncompressed \| 239 kB \|\n/,
    );
    expect(decoded).toMatch(/\*\*Why it is this large\*\*\n\n- Layer 1 stores 121 kB, 51 %: COPY /);
    expect(decoded).toMatch(/\*\*What to change\*\*\n\n1\. .*chown.* saves \*\*90 kB\*\*/);
    expect(text).toContain('\n1. <code>chown</code> stores files a second time');
    expect(text).toContain(': <code>COPY --chown=10001:10001 SRC DST</code><br>');
    // The sum of the two advices of the example, and what `layers advise` has as its total.
    expect(decoded).toContain('\n\nTogether they save 126 kB: no file counts twice.\n');
    const { layers: all } = JSON.parse(layers(['inspect', '--json', demo]).stdout);
    expect(rowsBelow(text, 'Layers').length).toBe(all.length);
    expect(shown(rowsBelow(text, 'Waste')[0] ?? '')).toBe(
      '| 90 kB | rewritten | 1 | 3 | /var/lib/bramble/recipes.db |',
    );
    expect(rowsBelow(text, 'Largest files').length).toBe(10);
    expect(text).toMatch(/\nand \d+ more rows\n/);
    expect(markdownOf(demo)).toBe(text);
  });

  it('names the largest step where no advice stands out', () => {
    const history = [{ created_by: 'COPY a /' }, { created_by: `ADD file:${'ab12'.repeat(16)} in /` }];
    const large = { path: 'large', data: Buffer.alloc(9000, 'x') };
    const image = scratch.file(archiveOf([BEFORE, [large]], undefined, { history }), 'large.tar');
    expect(shown(markdownOf(image))).toContain(
      '**What to change**\n\n- Nothing stands out. To make the image smaller, begin with layer 1: ADD file:ab12ab12ab12… in /\n',
    );
  });

  it('has what differs in two images', () => {
    const a = scratch.file(archiveOf([BEFORE]), 'a.tar');
    const b = scratch.file(archiveOf([BEFORE, [...AFTER, { path: 'etc/.wh.moved' }]]), 'b.tar');
    const text = markdownOf(a, b);
    const { totals } = JSON.parse(layers(['diff', '--json', a, b]).stdout);
    const decoded = shown(text);
    for (const [label, count] of [
      ['added', totals.added],
      ['removed', totals.removed],
      ['changed', totals.changed],
      ['moved', totals.renamed],
    ])
      expect(decoded).toContain(`| ${label} | ${count} |  |\n`);
    expect(decoded).toContain('**What changed**\n\n- B has ');
    expect(rowsBelow(text, 'Added').length).toBe(totals.added);
    expect(shown(rowsBelow(text, 'Moved').join('\n'))).toContain('| /etc/moved | /etc/moved-away |');
  });

  it('shows hostile names as text, in one row each', () => {
    const names = [
      'a | b',
      '`x` **y** <img src=x onerror=alert(1)>',
      '@everyone #1',
      '\u202egnp.exe\nz',
      '</details>',
    ];
    const files = names.map((name, i) => ({
      path: name.replaceAll('/', '\u2215'),
      data: Buffer.alloc(100 - i, 'x'),
    }));
    const image = scratch.file(
      archiveOf([files], undefined, { history: [{ created_by: `RUN ${names.join(' ')}` }] }),
      'hostile.tar',
    );
    const text = markdownOf(image);
    const rows = rowsBelow(text, 'Largest files');
    expect(rows.length).toBe(names.length);
    for (const row of rows) expect(row.replace(/&#124;/g, '').split('|').length).toBe(5);
    expect(text).not.toMatch(/<img|@everyone|[\u202a-\u202e]/);
    expect(text.split('</details>').length).toBe(text.split('<details>').length);
    expect(shown(rows.join('\n'))).toContain('\\u202egnp.exe\\nz');
  });

  it('has no more bytes than a comment on GitHub may have', () => {
    const files = Array.from({ length: 60 }, (_, i) => ({
      path: `${'<'.repeat(250)}/${'|'.repeat(250)}${i}`,
      data: Buffer.alloc(100 + i, String(i % 10)),
    }));
    const a = scratch.file(archiveOf([files.slice(0, 20)]), 'many-a.tar');
    const b = scratch.file(archiveOf([files.slice(10), [{ path: `.wh.${'<'.repeat(250)}` }]]), 'many-b.tar');
    for (const args of [[b], [a, b]]) {
      const bytes = Buffer.byteLength(markdownOf(...args));
      expect(bytes).toBeLessThanOrEqual(65_536);
    }
  });

  it('masks values, as the page does', () => {
    const image = join(scratch.folder, 'env.tar');
    layers(['config', demo, '--set-env', 'MODE=a-secret-value', '-o', image]);
    expect(markdownOf(demo, image)).not.toContain('a-secret-value');
    expect(shown(markdownOf('--show-values', demo, image))).toContain('a-secret-value');
  });
});
