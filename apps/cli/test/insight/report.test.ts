import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { reportDataIn } from '@layers/testing/report-data';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);

describe('layers report', () => {
  const { status, stdout, stderr } = layers(['report', demo]);

  it('writes a page with the sums of inspect', () => {
    expect([status, stderr]).toEqual([0, '']);
    const { facts, columns } = reportDataIn(stdout);
    const inspect = JSON.parse(layers(['inspect', '--json', '--top', '0', demo]).stdout);
    expect(facts.inspect.totals).toEqual(inspect.totals);
    expect(facts.inspect.layers).toEqual(inspect.layers);
    expect(sum(columns.bytes)).toBe(inspect.totals.contentBytes);
    const advice = JSON.parse(layers(['advise', '--json', demo]).stdout);
    expect(facts.advice?.advice).toEqual(advice.advice);
  });

  it('writes the same bytes for the same input', () => {
    expect(layers(['report', demo]).stdout).toBe(stdout);
    const file = join(scratch.folder, 'same.html');
    expect(layers(['report', demo, '-o', file]).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(stdout);
    expect(layers(['report', demo, '-o', file]).stderr).toContain('[ERR_LAYERS_OUTPUT_EXISTS]');
  });

  it('allows its own script and style sheet alone', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(stdout)?.[1];
    const hashOf = (tag: string): string => {
      const text = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(stdout)?.[1] ?? '';
      return `sha256-${createHash('sha256').update(text).digest('base64')}`;
    };
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src '${hashOf('script')}'`,
      `style-src '${hashOf('style')}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(stdout).not.toMatch(/\b(?:src|href)="(?!data:)|@import|url\(/);
  });

  it('is a small page: the code and the style sheet take at most 60 kB', () => {
    const { length } = stdout.replace(/(?<=id="data">)[^<]*/, '');
    expect(length).toBeLessThanOrEqual(60_000);
  });

  it('masks values of the environment, unless they are wanted', () => {
    const secret = 'a-value-of-the-environment';
    const image = join(scratch.folder, 'env.tar');
    expect(layers(['config', demo, '--set-env', `MODE=${secret}`, '-o', image]).status).toBe(0);
    const masked = reportDataIn(layers(['report', image]).stdout).facts;
    expect(JSON.stringify(masked)).not.toContain(secret);
    expect(masked.inspect.image.config['Env']).toContain('MODE=****');
    expect(masked.showsValues).toBe(false);
    const shown = reportDataIn(layers(['report', '--show-values', image]).stdout).facts;
    expect(shown.inspect.image.config['Env']).toContain(`MODE=${secret}`);
  });

  it('names the package that owns a file, also of one that a later layer deletes', () => {
    const image = scratch.file(
      archiveOf([
        [
          {
            path: 'var/lib/dpkg/status',
            data: Buffer.from('Package: tool\nStatus: install ok installed\nVersion: 1\n'),
          },
          {
            path: 'var/lib/dpkg/info/tool.md5sums',
            data: Buffer.from(
              ['usr/bin/tool', 'usr/share/deleted', 'usr/share/below/deleted-too']
                .map((path) => `9dd4e461268c8034f5c8564e155c67a6  ${path}\n`)
                .join(''),
            ),
          },
          { path: 'usr/bin/tool', data: Buffer.from('x') },
          { path: 'usr/bin/other', data: Buffer.from('x') },
          { path: 'usr/share/deleted', data: Buffer.from('x') },
          { path: 'usr/share/below/deleted-too', data: Buffer.from('x') },
        ],
        [{ path: 'usr/share/.wh.deleted' }, { path: 'usr/share/.wh.below' }],
      ]),
      'owned.tar',
    );
    const { facts, columns } = reportDataIn(layers(['report', image]).stdout);
    const ownerOf = (name: string): string | undefined => {
      const names = Array.from({ length: columns.paths }, (_, path) =>
        new TextDecoder().decode(
          columns.names.subarray(columns.nameStart[path], columns.nameStart[path + 1]),
        ),
      );
      return facts.owners[(columns.owner[names.indexOf(name)] ?? 0) - 1];
    };
    expect(['tool', 'other', 'deleted', 'deleted-too'].map(ownerOf)).toEqual([
      'tool',
      undefined,
      'tool',
      'tool',
    ]);
  });

  it('reads standard input, and refuses to replace its input', () => {
    const piped = layers(['report', '-'], { input: readFileSync(demo) });
    expect(piped.status).toBe(0);
    expect(sum(reportDataIn(piped.stdout).columns.bytes)).toBe(sum(reportDataIn(stdout).columns.bytes));
    const copy = join(scratch.folder, 'copy.tar');
    writeFileSync(copy, readFileSync(demo));
    expect(layers(['report', copy, '-o', copy, '--force']).stderr).toContain('[ERR_LAYERS_USAGE]');
  });
});
