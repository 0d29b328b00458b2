import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { leaksOf, plantedArchive } from '@layers/testing/planted-secrets';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');
const data = (size: number): Buffer => Buffer.alloc(size, 'x');

/** Returns a directory with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(scratch.folder, 'work-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

interface Result {
  readonly rule: string;
  readonly level: string;
  readonly limit: { readonly text: string; readonly from: string } | null;
  readonly actual: number | null;
}

/** Returns the status, the verdict and the results by rule. */
function checked(args: readonly string[], cwd = folderWith({})) {
  const { status, stdout } = layers(['check', '--json', ...args], { cwd });
  const report: { verdict: string; results: readonly Result[] } = JSON.parse(stdout);
  const results = Object.fromEntries(
    report.results.map(({ rule, level, limit }) => [rule, `${level} ${limit?.text} ${limit?.from}`]),
  );
  return { status, verdict: report.verdict, results };
}

describe('layers check', () => {
  it.skipIf(!existsSync('/dev/zero'))('refuses devices as files with budgets, which never end', () => {
    const cwd = folderWith({});
    symlinkSync('/dev/zero', join(cwd, '.layers.yaml'));
    for (const args of [[], ['--config', '/dev/zero']]) {
      const { status, stderr } = layers(['check', ...args, demo], { cwd });
      expect([status, stderr]).toEqual([3, expect.stringContaining('not a regular file')]);
    }
  });

  it('fails by the limits of dive where there are no others', () => {
    expect(checked([demo])).toEqual({
      status: 1,
      verdict: 'fail',
      results: { efficiency: 'fail 0.9 default', 'wasted-share': 'fail 0.1 default' },
    });
    const lean = join(folderWith({}), 'lean.tar');
    expect(layers(['repack', '--drop-waste', demo, '-o', lean]).status).toBe(0);
    expect(checked([lean])).toMatchObject({ status: 0, verdict: 'pass' });
  });

  it('shows the verdict, the limits, the reasons and what to blame', () => {
    const { status, stdout, stderr } = layers(['check', '--max-wasted', '100kB', '--warn', 'layers=4', demo]);
    expect([status, stderr]).toEqual([1, '']);
    const [heading = '', table = '', blamed = ''] = stdout.split('\n\n');
    expect(heading).toContain('\nverdict  FAIL · 1 failed · 1 warned · 0 passed\n');
    expect(table.split('\n').map((line) => line.trim())).toEqual([
      'budget        limit    result',
      'fail  wasted bytes  ≤ 100kB  126 kB is wasted, more than 100kB',
      'warn  layers        ≤ 4      the image has 5 layers, more than 4',
    ]);
    expect(blamed.split('\n').slice(0, 2)).toEqual([
      'Wasted bytes',
      '  90 kB  /var/lib/bramble/recipes.db               attributes changed; stored by layer 1  layer 3  chown 10001:10001 /var/lib/bramble && chmod 600 /var/lib/bramble/recipes.db',
    ]);
  });

  it('does not fail for warnings, unless --strict is given', () => {
    expect(checked(['--warn', 'layers=4', demo])).toMatchObject({ status: 0, verdict: 'warn' });
    expect(checked(['--warn', 'layers=4', '--strict', demo])).toMatchObject({ status: 1, verdict: 'fail' });
    expect(checked(['--warn', 'layers=5', '--strict', demo])).toMatchObject({ status: 0, verdict: 'pass' });
    const cwd = folderWith({ '.layers.yaml': 'check: {layers: {warn: 4}, strict: true}' });
    expect(checked([demo], cwd)).toMatchObject({ status: 1, verdict: 'fail' });
  });

  it('lets options win over .layers.yaml, and that over .dive-ci', () => {
    const cwd = folderWith({
      '.layers.yaml': 'check:\n  wastedBytes: {fail: 1GB, warn: 2kB}\n  efficiency: 0.2\n',
      '.dive-ci': 'rules:\n  lowestEfficiency: 0.99\n  highestWastedBytes: 1kB\n',
    });
    expect(checked(['--max-wasted', '3GB', demo], cwd)).toEqual({
      status: 1,
      verdict: 'fail',
      results: {
        efficiency: 'pass 0.2 .layers.yaml:3',
        'wasted-bytes': 'warn 2kB .layers.yaml:2',
        'wasted-share': 'fail 0.1 default',
      },
    });
    expect(checked(['--max-wasted-share', 'off', '--max-wasted', 'off', demo], cwd)).toMatchObject({
      status: 0,
      results: { efficiency: 'pass 0.2 .layers.yaml:3' },
    });
    const only = folderWith({
      '.dive-ci': 'rules:\n  lowestEfficiency: 0.3\n  highestUserWastedPercent: off\n',
    });
    expect(checked([demo], only)).toEqual({
      status: 0,
      verdict: 'pass',
      results: { efficiency: 'pass 0.3 .dive-ci:2' },
    });
    expect(checked(['--lowestEfficiency', '0.5', demo], only)).toMatchObject({ status: 1 });
  });

  it('accepts that a file has limits for runs with another image, or that they are off', () => {
    const cwd = folderWith({ '.layers.yaml': 'check: {growth: 5%, addedSize: 1k, layers: 5}' });
    expect(checked([demo], cwd)).toEqual({
      status: 0,
      verdict: 'pass',
      results: {
        growth: 'skip undefined undefined',
        'added-size': 'skip undefined undefined',
        layers: 'pass 5 .layers.yaml:1',
      },
    });
    expect(checked(['--max-growth', 'off', '--max-added-size', 'off', demo], cwd).results).toEqual({
      layers: 'pass 5 .layers.yaml:1',
    });
  });

  it('applies the default budgets where no limit can be checked', () => {
    const cwd = folderWith({ '.layers.yaml': 'check: {growth: 5%, addedSize: 1k}' });
    expect(checked([demo], cwd)).toMatchObject({
      status: 1,
      results: { efficiency: 'fail 0.9 default', growth: 'skip undefined undefined' },
    });
    expect(checked(['--base', demo, '--max-added-size', '0', demo], folderWith({})).results).toEqual({
      'added-size': 'pass 0 --max-added-size',
    });
  });

  it('switches off rules and levels', () => {
    const cwd = folderWith({
      '.layers.yaml':
        'check: {layers: {fail: 2, warn: 1}, user: {level: warn}, labels: [x], contentSize: 1GB}',
    });
    const off = (...args: readonly string[]) => checked([...args, demo], cwd).results;
    expect(Object.keys(off())).toEqual(['content-size', 'layers', 'labels', 'user']);
    expect(Object.keys(off('--max-layers', 'off', '--require-label', 'off'))).toEqual([
      'content-size',
      'user',
    ]);
    expect(Object.keys(off('--skip', 'user', '--skip', 'labels'))).toEqual(['content-size', 'layers']);
    expect(off('--warn', 'user=off')).not.toHaveProperty('user');
    expect(off('--max-layers', 'off', '--warn', 'layers=3')['layers']).toBe('warn 3 --warn layers');
    expect(off('--skip', 'layers', '--max-layers', '3')).not.toHaveProperty('layers');
    expect(off('--lowestEfficiency', 'disabled')).not.toHaveProperty('efficiency');
    expect(off('--min-efficiency', 'off', '--floor', '1MB')).not.toHaveProperty('efficiency');
  });

  it('reads the files that options name', () => {
    const cwd = folderWith({ 'a.json': '{"check": {"layers": 5}}', 'b.yml': 'rules: {lowestEfficiency: 0}' });
    expect(checked(['--config', 'a.json', demo], cwd).results).toEqual({ layers: 'pass 5 a.json:1' });
    expect(checked(['--ci-config', 'b.yml', demo], cwd).results['efficiency']).toBe('pass 0 b.yml:1');
    expect(layers(['check', '--config', 'absent', demo], { cwd })).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('no such file or directory'),
    });
  });

  it('compares with an image, and with a saved result', () => {
    const before = scratch.file(archiveOf([[{ path: 'a', data: data(1000) }]]), 'before.tar');
    const after = scratch.file(
      archiveOf([[{ path: 'a', data: data(1000) }], [{ path: 'b\x1b[31m', data: data(60) }]]),
      'after.tar',
    );
    const { status, stdout } = layers(['check', '--against', before, '--max-growth', '5%', after]);
    expect(status).toBe(1);
    expect(stdout).toContain(`against  ${before} · +60 B of files\n`);
    expect(stdout).toContain('the image grew by 60 B, 6 %, more than 5%\n');
    expect(stdout).toContain('\n 60 B  /b\\x1b[31m  new  layer 1');
    expect(stdout).not.toContain('\x1b');
    for (const command of [['check'], ['inspect']]) {
      const saved = layers([...command, '--json', before]).stdout;
      const cwd = folderWith({ 'main.json': saved });
      const args = ['--against', 'main.json', '--max-growth'];
      expect(checked([...args, '60', after], cwd)).toMatchObject({
        status: 0,
        results: { growth: 'pass 60 --max-growth' },
      });
      expect(checked([...args, '59', after], cwd)).toMatchObject({ status: 1 });
      expect(checked([...args, '6%', after], cwd)).toMatchObject({ status: 0 });
    }
    const other = layers(['check', '--against', 'x.json', after], { cwd: folderWith({ 'x.json': '{}' }) });
    expect(other).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('hint: save one with layers check --json IMAGE > FILE\n'),
    });
  });

  it('does not blame the base', () => {
    const layersOfBase = [[{ path: 'a', data: data(100), mode: 0o4755 }], [{ path: '.wh.a' }]];
    const base = scratch.file(archiveOf(layersOfBase), 'base.tar');
    const image = scratch.file(archiveOf([...layersOfBase, [{ path: 'b', data: data(7) }]]), 'own.tar');
    const args = ['--max-wasted', '0', '--forbid', 'a', '--max-added-size', '7'];
    expect(checked(['--base', base, ...args, image])).toMatchObject({ status: 0 });
    expect(checked([...args.slice(0, 4), image]).results).toMatchObject({
      'wasted-bytes': 'fail 0 --max-wasted',
      'forbidden-paths': 'fail a --forbid',
    });
    const cwd = folderWith({ '.layers.yaml': `check:\n  base: ${base}\n  addedSize: 6\n` });
    expect(checked([image], cwd).results).toEqual({ 'added-size': 'fail 6 .layers.yaml:3' });
  });

  it('finds secrets, and shows none', () => {
    const image = scratch.file(plantedArchive(), 'planted.tar');
    for (const more of [[], ['--json'], ['--no-trunc']]) {
      const args = ['--forbid-secrets', '--forbid', '*', '--max-layers', '0', ...more, image];
      const { status, stdout, stderr } = layers(['check', ...args]);
      expect(status).toBe(1);
      expect(stdout).toContain('/app/deleted.txt');
      expect(leaksOf(stdout + stderr)).toEqual([]);
    }
    const known = folderWith({
      'known.json': layers(['secrets', '--json', image]).stdout,
      '.layers.yaml': 'check:\n  secrets: {baseline: known.json}\n',
    });
    expect(checked([image], known)).toMatchObject({
      status: 0,
      results: { secrets: 'pass none .layers.yaml:2' },
    });
    const notes = folderWith({ '.layers.yaml': 'check:\n  secrets: {level: warn, severity: note}\n' });
    expect(checked([image], notes)).toMatchObject({ status: 0, verdict: 'warn' });
  });

  it('names rules of .dive-ci that dive does not have, and errors with their lines', () => {
    const cwd = folderWith({ '.dive-ci': 'rules:\n  lowestEficiency: 0.1\n  highestUserWastedPercent: 1\n' });
    expect(layers(['check', demo], { cwd }).stdout).toContain(
      'warning     the rule "lowestEficiency" of .dive-ci is not used: dive does not have it\n',
    );
    const wrong = folderWith({ '.layers.yaml': 'check:\n  wasted: 5\n' });
    expect(layers(['check', demo], { cwd: wrong })).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: \.layers\.yaml: line 2: unknown key "wasted" \[ERR_LAYERS_BUDGETS\]\nhint: /,
      ),
    });
    mkdirSync(join(wrong, 'sub'));
    expect(layers(['check', '--max-layers', '9', demo], { cwd: join(wrong, 'sub') }).status).toBe(0);
  });

  it.each([
    [['--max-layers', 'many'], '--max-layers: "many" is not a number of layers'],
    [['--warn', 'wasted'], '--warn "wasted": there is no rule "wasted"'],
    [['--warn', 'wasted-bytes'], '--warn wasted-bytes: "" is not a size'],
    [['--floor', 'low'], '--floor: "low" is not a size'],
    [['--forbid', '{a'], '--forbid: "{a" is not a glob'],
    [['--require-label', 'a=['], '--require-label: "a=[" is not a label'],
    [['--max-growth', '5%'], '--max-growth needs an image to compare with'],
    [['--max-added-size', '5k'], '--max-added-size needs the base image'],
    [['--warn', 'growth=5%'], '--warn growth needs an image to compare with'],
    [['--max-layers', ''], '--max-layers: "" is not a number of layers'],
    [['--max-wasted', ''], '--max-wasted: "" is not a size'],
    [['--min-efficiency', 'false'], '--min-efficiency: "false" is not a share'],
    [['--lowestEfficiency', ''], '--min-efficiency: "" is not a share'],
    [['--max-wasted', 'disabled'], '--max-wasted: "disabled" is not a size'],
    [['--forbid', ''], '--forbid: "" is not a glob'],
    [['--require-label', ''], '--require-label: "" is not a label'],
    [['--forbid', 'off', '--forbid', 'a'], '--forbid: both off and a limit'],
    [['--warn', 'forbidden-paths'], '--warn forbidden-paths: a glob is missing'],
    [['--warn', 'labels'], '--warn labels: a label is missing'],
    [['--warn', 'secrets=3'], '--warn secrets: "3" is not expected: the rule has no limit'],
    [['--warn', 'layers=3', '--warn', 'layers=4'], '--warn layers: two limits'],
    [['--skip', 'all'], '--skip all: there is no rule "all"'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = layers(['check', ...args, demo], { cwd: folderWith({}) });
    expect([status, stderr]).toEqual([2, expect.stringContaining(`error: ${message}`)]);
  });
});
