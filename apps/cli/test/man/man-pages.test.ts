import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { needs } from '@layers/testing/needs';
import { describe, expect, it } from 'vitest';
import { manPages } from '../../src/man/man-pages.ts';
import { roffText, withPlaceholders } from '../../src/man/roff.ts';
import { globalOptions } from '../../src/program/options.ts';
import { GROUPS } from '../../src/program/program.ts';

const pages = new Map(manPages('1.2.3').map(({ file, text }) => [file, text]));
const records = GROUPS.flatMap(({ commands }) => commands);

/** Returns the pages as they are printed, each in one line, by the words of the section NAME. */
function printed(): Map<string, string> {
  const input = [...pages.values()].join('');
  const { stdout } = spawnSync('groff', ['-man', '-Tutf8', '-P-c', '-rLL=200n'], { input });
  const lines = stdout
    .toString()
    .replaceAll(/.\x08/g, '')
    .replaceAll(/\s+/g, ' ')
    .split(/ NAME (?=layers)/);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line]));
}

describe('the manual pages', () => {
  it('are one of the program, one of image, and one of each command', () => {
    expect([...pages.keys()].sort()).toEqual(
      ['layers.1', 'layers-image.1', ...records.map(({ name }) => `layers-${name}.1`)].sort(),
    );
  });

  it('are what the package names for npm', () => {
    const { man }: { man: readonly string[] } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect([...man].sort()).toEqual([...pages.keys()].map((file) => `dist/man/${file}`).sort());
  });

  it('print characters as they are, not as requests', () => {
    expect(roffText("'a' \\t --b\n.c …~^`")).toBe('\\(aqa\\(aq \\et \\-\\-b\n\\&.c \\[u2026]\\(ti\\(ha\\(ga');
    expect(withPlaceholders('<os> OS/ARCH')).toBe('<os> \\fIOS/ARCH\\fR');
  });

  it('are ASCII', () => {
    for (const [file, text] of pages) expect(text, file).toMatch(/^[\n -~]+$/);
  });

  it('have no warning', needs('groff'), () => {
    const all = [...pages.values()].join('');
    const { status, stderr } = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-z'], { input: all });
    expect([status, stderr.toString()]).toEqual([0, '']);
  });

  it('print every option, argument, example and status of the record', needs('groff'), () => {
    const shown = printed();
    for (const record of records) {
      const text = shown.get(`layers-${record.name}`) ?? '';
      expect(text).toContain(`layers-${record.name} - `);
      for (const { flags, summary } of [...record.options, ...globalOptions(record.global)]) {
        expect(text).toContain(` ${flags.replace(/ [<[].*/, '')} `);
        expect(text).toContain(summary.replaceAll(/\s+/g, ' '));
      }
      for (const { summary } of record.arguments) expect(text).toContain(summary.replaceAll(/\s+/g, ' '));
      for (const example of record.examples) expect(text).toContain(example.replaceAll(/\s+/g, ' '));
      for (const [status, meaning] of Object.entries(record.statuses))
        expect(text).toContain(`${status} ${meaning}`);
    }
  });
});
