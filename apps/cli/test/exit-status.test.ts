import { readdirSync, readFileSync } from 'node:fs';
import { LayersError } from '@layers/errors';
import { describe, expect, it } from 'vitest';
import { exitStatusOf } from '../src/exit-status.ts';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/errors-and-findings.md', root), 'utf8');

/** Codes by the status in the heading that they are documented under. */
const documented = new Map<string, number>();
let status = Number.NaN;
for (const line of page.split('\n')) {
  const heading = /^## .*?(?:\((\d+)\))?$/.exec(line);
  if (heading !== null) status = Number(heading[1]);
  if (!line.startsWith('|') || Number.isNaN(status)) continue;
  for (const [code] of line.matchAll(/ERR_LAYERS_\w+/g)) documented.set(code, status);
}

describe('exitStatusOf', () => {
  it('agrees with the page of errors', () => {
    expect(documented.size).toBeGreaterThan(30);
    for (const [code, expected] of documented) {
      const error = Object.assign(new LayersError('ERR_LAYERS_USAGE', ''), { code });
      expect([code, exitStatusOf(error)]).toEqual([code, expected]);
    }
  });

  it('has every code that the page lists', () => {
    const folder = new URL('apps/cli/src/', root);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const used = files.flatMap(
      (name) => readFileSync(new URL(name, folder), 'utf8').match(/'ERR_LAYERS_\w+'/g) ?? [],
    );
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((code) => !documented.has(code.slice(1, -1)))).toEqual([]);
  });

  it('treats any other error as a bug', () => {
    for (const error of [new Error('x'), new TypeError('x'), 'x', undefined])
      expect(exitStatusOf(error)).toBe(70);
  });
});
