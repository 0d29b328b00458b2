import { describe, expect, test } from 'vitest';
import { MAX_COMMENT_BYTES, markdownReport } from '../../../src/render/check-reports/markdown.ts';
import { evidenceOf, HOSTILE_NAMES, reportOf, resultOf } from '../../support/check-report.ts';

const figures = {
  efficiency: 0.9,
  wastedBytes: 400_000,
  storedBytes: 5_000_000,
  contentBytes: 6_000_000,
  rootfsBytes: 7_000_000,
  layers: 3,
};

/** Decodes what Markdown shows. */
function shown(markdown: string): string {
  return markdown
    .replace(/<!--.*?-->|<\/?(?:code|details|summary)>/g, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('\u2060', '');
}

describe('a report in Markdown', () => {
  test('has the verdict, each budget with the gravest first, and what to blame', () => {
    const report = reportOf([
      resultOf({ level: 'pass', title: 'layers', reason: 'the image has 3 layers', evidence: [] }),
      resultOf({ moreEvidence: 2 }),
    ]);
    expect(shown(markdownReport(report))).toBe(`
### Image check: 1 budget is not kept

app:1, 8 MB of files in 3 layers, 1 MB wasted, efficiency 87.5 %

| Budget | Verdict | Limit | Reason |
| --- | --- | --- | --- |
| wasted bytes | **failed** | 500 kB | 1 MB is wasted, more than 500 kB |
| layers | kept | 500 kB | the image has 3 layers |

Wasted bytes

| Where | Size | What | Layer |
| --- | --: | --- | --- |
| /var/cache/a | 1 MB | deleted; stored by layer 0 | layer 1: RUN make |

and 2 more


`);
  });

  test('has the difference to another image, and the base', () => {
    const report = reportOf([resultOf({ level: 'pass', evidence: [] })], {
      base: { name: 'debian:12', layers: 1, wastedBytes: 0 },
      against: {
        name: 'app:0',
        kind: 'image',
        figures,
        newLayers: [],
        added: [evidenceOf({ path: '/usr/big', bytes: 2_000_000, note: 'new' })],
        moreAdded: 0,
      },
    });
    const text = shown(markdownReport(report));
    expect(text).toContain('all budgets are kept');
    expect(text).toContain('built on debian:12\n');
    expect(text).toContain('Compared with app:0:');
    expect(text).toContain('| Files of all layers | 6 MB | 8 MB | +2 MB |\n');
    expect(text).toContain('| Files of the root file system | 7 MB | 7 MB | 0 B |\n');
    expect(text).toContain('| Number of layers | 3 | 3 | 0 |\n');
    expect(text).toContain('| /usr/big | 2 MB | new | layer 1: RUN make |\n');
  });

  test('begins with the comment by which an action finds it', () => {
    expect(markdownReport(reportOf([]))).toMatch(/^<!-- layers check -->\n/);
  });

  test('blames the same places once for several budgets', () => {
    const text = shown(
      markdownReport(reportOf([resultOf(), resultOf({ rule: 'efficiency', title: 'efficiency' })])),
    );
    expect(text).toContain('\nWasted bytes, efficiency\n');
    expect(text.split('/var/cache/a')).toHaveLength(2);
  });

  test('has no links to issues and commits that the image names', () => {
    const names = 'GH-1 org/repo#2 0123456789abcdef0123456789abcdef01234567';
    const item = evidenceOf({ path: null, note: `label version is "${names}"`, instruction: names });
    const text = markdownReport(reportOf([resultOf({ title: names, reason: names, evidence: [item] })]));
    expect(shown(text).split(names)).toHaveLength(6);
    const prose = text
      .replace(/<code>.*?<\/code>/g, '')
      .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
    expect(prose).not.toMatch(/gh-\d|#\d|[0-9a-f]{7}/i);
    // A label is a text of the image.
    expect(text).toMatch(/<code>label version is [^|]*GH[^|]*<\/code> \|/);
  });

  test('is as long as GitHub accepts, and tells how many rows are left out', () => {
    const evidence = Array.from({ length: 1500 }, (_, i) => evidenceOf({ path: `/${'ä'.repeat(50)}${i}` }));
    const text = markdownReport(reportOf([resultOf({ evidence })]));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_COMMENT_BYTES);
    expect(Buffer.byteLength(text)).toBeGreaterThan(MAX_COMMENT_BYTES * 0.9);
    const rows = text.split('\n').filter((line) => line.includes('ä')).length;
    expect(text).toMatch(
      new RegExp(`_${1500 - rows} rows are left out, since GitHub limits the length._\\n$`),
    );
    expect(text.split('<details>').length).toBe(text.split('</details>').length);
    const long = { path: `/${'x|'.repeat(2000)}`, instruction: '<'.repeat(4000), note: '`'.repeat(4000) };
    const rest = Array.from({ length: 10 }, () => evidenceOf(long));
    const hostile = reportOf([resultOf({ reason: '@'.repeat(5000), evidence: rest })]);
    expect(Buffer.byteLength(markdownReport(hostile))).toBeLessThanOrEqual(MAX_COMMENT_BYTES);
  });

  test.each(HOSTILE_NAMES)('shows the name %j and nothing else', (path) => {
    const item = evidenceOf({ path, instruction: path, note: path });
    const report = reportOf([resultOf({ title: path, reason: path, evidence: [item] })], {
      image: { ...reportOf([]).image, tags: [path] },
    });
    const plain = markdownReport(reportOf([resultOf()])).split('\n').length;
    const text = markdownReport(report);
    expect(text.split('\n')).toHaveLength(plain);
    const own = /<!-- layers check -->|<!---->|<\/?(?:code|details|summary)>|&#\d+;|^### |\*\*failed\*\*/gm;
    const rest = text.replace(own, '');
    expect(rest).not.toMatch(/[<>`@#*_[\]~\\!&\r\u0000-\u0009\u202e]/);
    // GitHub looks for mentions and issues in what is shown, but not in code.
    const prose = text
      .replace(/<code>.*?<\/code>/g, '')
      .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
    expect(prose).not.toMatch(/[@]\w|[^#\n]#\w/);
    // Cells end only where the table has them.
    const rows = text.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.map((row) => row.split('|').length)).toEqual([6, 6, 6, 6, 6, 6]);
    if (!/\p{C}/u.test(path)) expect(shown(text)).toContain(path);
  });
});
