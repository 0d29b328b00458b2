import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const benchmarks = fileURLToPath(new URL('../benchmarks/', import.meta.url));
const cache = mkdtempSync(join(tmpdir(), 'layers-benchmarks-'));
afterAll(() => rmSync(cache, { recursive: true }));

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, [join(benchmarks, 'run.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, LAYERS_BENCH_CACHE: cache },
  });
}

/** Evaluates an expression with the exports of a module of the benchmarks. */
function evaluate(module: string, expression: string): unknown {
  const script = `import * as m from '${pathToFileURL(join(benchmarks, module)).href}'; console.log(JSON.stringify(${expression}))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('the benchmarks', () => {
  it('measure the start of the command without images and without other tools', () => {
    const { status, stdout } = bench('--quick', '--only', 'start');
    expect(stdout).toMatch(/\| `layers inspect` \| [\d.]+ m?s \|/);
    expect(stdout).not.toContain('Failed');
    expect(status).toBe(0);
  });

  it('list the groups if a group does not exist', () => {
    const { status, stderr } = bench('--quick', '--only', 'strat');
    expect(stderr).toContain('no group strat; the groups are: start');
    expect(status).toBe(2);
  });

  it('use the median of the times, and fit their growth', () => {
    expect(evaluate('measure.mjs', 'm.median([5, 1, 9])')).toBe(5);
    expect(evaluate('measure.mjs', 'm.median([5, 1, 9, 7])')).toBe(6);
    expect(evaluate('measure.mjs', 'm.fitExponent([[1, 3], [10, 300], [100, 30000]])')).toEqual({
      exponent: 2,
      r2: 1,
    });
    expect(evaluate('measure.mjs', 'm.fitExponent([[1, 3], [10, 0], [100, 30000]])')).toBeNull();
  });

  it('detect a wrong root file system', () => {
    const tree = (entry: object) => JSON.stringify({ 'usr/bin/su': entry, 'etc/hosts': { type: 'file' } });
    const right = { type: 'file', mode: '4755', owner: '0:0', time: 1, size: 3, content: 'ab' };
    const compare = (found: object, extra = {}) =>
      evaluate(
        'tree-of.mjs',
        `m.difference({...${tree(found)}, ...${JSON.stringify(extra)}}, ${tree(right)})`,
      );
    expect(compare(right)).toBe('');
    expect(compare({ ...right, mode: '755' })).toBe('1 mode differs (such as /usr/bin/su: 755, not 4755)');
    expect(compare({ ...right, content: 'cd' })).toContain('1 content differs');
    expect(compare({ ...right, group: 'usr/bin/x' })).toContain('1 hard link differs');
    expect(compare(right, { more: right })).toContain('1 path too many (such as /more)');
    // Engines add these paths to every container, so they are ignored.
    expect(compare(right, { 'etc/hosts': { type: 'directory' }, '.dockerenv': right })).toBe('');
  });
});
