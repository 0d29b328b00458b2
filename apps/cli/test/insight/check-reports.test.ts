import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');
const newFolder = (): string => mkdtempSync(join(scratch.folder, 'work-'));

const LIMITS = ['--max-layers', '4', '--max-wasted', '1kB'];
const FILES = ['--junit', 'check.xml', '--sarif', 'check.sarif', '--markdown', 'check.md'];

describe('the reports of layers check', () => {
  it('are all written in one run, the same each time', () => {
    const runs = [newFolder(), newFolder()].map((cwd) => {
      const summary = join(cwd, 'summary');
      const env = { GITHUB_STEP_SUMMARY: summary };
      const { status, stdout, stderr } = layers(['check', '--json', '--github', ...FILES, ...LIMITS, demo], {
        cwd,
        env,
      });
      const written = readdirSync(cwd).sort();
      return {
        status,
        stdout,
        stderr,
        written,
        texts: written.map((name) => readFileSync(join(cwd, name), 'utf8')),
      };
    });
    const [first, second] = runs;
    expect(first).toEqual(second);
    expect(first?.status).toBe(1);
    expect(first?.written).toEqual(['check.md', 'check.sarif', 'check.xml', 'summary']);
    const [markdown = '', sarif = '', junit = '', summary] = first?.texts ?? [];
    expect(JSON.parse(first?.stdout ?? '').verdict).toBe('fail');
    expect(first?.stderr.split('\n').map((line) => line.split('::')[1])).toEqual([
      'error title=layers check%3A wasted bytes',
      'error title=layers check%3A layers',
      undefined,
    ]);
    expect(JSON.parse(sarif).runs[0].results.length).toBeGreaterThan(5);
    expect(junit).toContain('tests="2" failures="2" errors="0" skipped="0"');
    expect(markdown).toContain('### Image check: 2 budgets are not kept');
    expect(summary).toBe(markdown);
  });

  it('have the same status as the table', () => {
    const { status, stderr } = layers(['check', '--github', '--max-layers', '9', demo], { cwd: newFolder() });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('stand in for the table on standard output', () => {
    const { status, stdout, stderr } = layers(['check', '--junit', '-', ...LIMITS, demo], {
      cwd: newFolder(),
    });
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^<\?xml [\s\S]*<\/testsuites>\n$/);
  });

  it('replace existing files only with --force', () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'check.md'), 'mine');
    const refused = layers(['check', ...FILES, demo], { cwd });
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('check.md already exists [ERR_LAYERS_OUTPUT_EXISTS]');
    expect(existsSync(join(cwd, 'check.xml'))).toBe(false);
    expect(layers(['check', '--force', ...FILES, demo], { cwd }).status).toBe(1);
    expect(readFileSync(join(cwd, 'check.md'), 'utf8')).toMatch(/^<!-- layers check -->/);
  });

  it('never replace what the command reads, not even with --force', () => {
    const cwd = newFolder();
    const files: Readonly<Record<string, Uint8Array | string>> = {
      '.layers.yaml': 'check: {secrets: {rules: rules.toml, baseline: known.json}}',
      '.dive-ci': 'rules: {lowestEfficiency: 0}',
      'my.yaml': 'check: {base: base.tar, against: other.tar}',
      'my-ci': 'rules: {lowestEfficiency: 0}',
      'rules.toml': '',
      'known.json': '{}',
      'base.tar': archiveOf([]),
      'other.tar': archiveOf([]),
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
    linkSync(join(cwd, 'base.tar'), join(cwd, 'hard'));
    symlinkSync('other.tar', join(cwd, 'soft'));
    const own = ['--config', 'my.yaml', '--ci-config', 'my-ci'];
    for (const [output, args] of [
      ['.layers.yaml', []],
      ['.dive-ci', []],
      ['rules.toml', []],
      ['./known.json', []],
      ['my.yaml', own],
      ['my-ci', own],
      ['base.tar', own],
      ['soft', own],
      ['hard', ['--base', 'base.tar']],
      ['other.tar', ['--against', 'docker-archive:other.tar']],
    ] as const) {
      const { status, stderr } = layers(['check', '--force', '--markdown', output, ...args, demo], { cwd });
      expect([output, status, stderr]).toEqual([
        output,
        2,
        expect.stringContaining(`error: ${output} is the input`),
      ]);
    }
    const env = { GITHUB_STEP_SUMMARY: join(cwd, 'my-ci') };
    expect(layers(['check', '--github', ...own, demo], { cwd, env }).status).toBe(2);
    for (const [name, content] of Object.entries(files)) {
      expect(readFileSync(join(cwd, name)).equals(Buffer.from(content)), name).toBe(true);
    }
  });

  it('never replace each other through links', () => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'real'));
    symlinkSync('real', join(cwd, 'link'));
    writeFileSync(join(cwd, 'old'), '');
    symlinkSync('old', join(cwd, 'older'));
    for (const [junit, sarif] of [
      ['real/new', 'link/new'],
      ['old', 'older'],
    ] as const) {
      const args = ['check', '--force', '--junit', junit, '--sarif', sarif, demo];
      const { status, stderr } = layers(args, { cwd });
      expect([status, stderr]).toEqual([2, expect.stringContaining(`two reports have the output ${sarif}`)]);
    }
  });

  it('leave no workflow commands of the image in a log', () => {
    const evil = '::error::a ##[error]b';
    const image = join(newFolder(), 'image.tar');
    const history = [{ created_by: evil }];
    const files = [{ path: `${evil}/##[add-path]x`, data: Buffer.alloc(9) }];
    writeFileSync(image, archiveOf([files], { form: 'hybrid' }, { history }));
    for (const [args, env] of [
      [['--github'], {}],
      [[], { GITHUB_ACTIONS: 'true' }],
      [['--junit', '-'], { GITHUB_ACTIONS: 'true' }],
      [['--sarif', '-'], { GITHUB_ACTIONS: 'true' }],
      [['--markdown', '-'], { GITHUB_ACTIONS: 'true' }],
      [['--base', `${evil}.tar`], { GITHUB_ACTIONS: 'true' }],
    ] as const) {
      const limits = ['--forbid', '*', '--max-layers', '0', '--no-trunc'];
      const { status, stdout, stderr } = layers(['check', ...limits, ...args, image], {
        cwd: newFolder(),
        env,
      });
      expect(status).toBeGreaterThan(0);
      expect(stdout).not.toMatch(/^\s*::|##\[/m);
      const own = stderr.replace(/^::(?:error|warning) title=.*/gm, '');
      expect(own).not.toMatch(/^\s*::|##\[/m);
    }
    const table = layers(['check', '--forbid', '*', '--no-trunc', image], {
      env: { GITHUB_ACTIONS: 'true' },
    });
    expect(table.stdout).toContain('/::error::a \\x23#[error]b/\\x23#[add-path]x');
  });

  it('agree with the status where warnings fail', () => {
    const cwd = newFolder();
    const args = ['check', '--json', '--github', '--strict', '--warn', 'layers=4', ...FILES, demo];
    const { status, stdout, stderr } = layers(args, { cwd });
    const { verdict, totals, results } = JSON.parse(stdout);
    expect([status, verdict]).toEqual([1, 'fail']);
    expect(totals).toMatchObject({ fail: 1, warn: 0 });
    expect(results).toMatchObject([
      {
        level: 'fail',
        limit: { from: '--warn layers' },
        reason: 'the image has 5 layers, more than 4 (a warning, and warnings fail)',
      },
    ]);
    expect(stderr).toMatch(/^::error title=/);
    const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
    expect(read('check.xml')).toContain('tests="1" failures="1" errors="0"');
    expect(JSON.parse(read('check.sarif')).runs[0].results[0].level).toBe('error');
    expect(read('check.md')).toContain('### Image check: 1 budget is not kept\n');
    expect(read('check.md')).toContain('| **failed** |');
  });

  it.each([
    [['--junit', 'a', '--sarif', './a'], 'two reports have the output'],
    [['--junit', '-', '--markdown', '/dev/stdout'], 'two reports have the output -'],
    [['--json', '--junit', '-'], 'standard output has the JSON or the template already'],
    [['--format', '{{.Verdict}}', '--junit', '-'], 'standard output has the JSON or the template already'],
    [['--sarif', ''], 'the name of a report is empty'],
    [['--markdown', demo, '--force'], 'is the input'],
    [['--markdown', 'docker://a/b'], 'a report cannot be written to docker:'],
  ])('are refused with %j', (args, message) => {
    const { status, stderr } = layers(['check', ...args, demo], { cwd: newFolder() });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  it('end with status 4 where the summary of GitHub cannot be written', () => {
    const cwd = newFolder();
    const env = { GITHUB_STEP_SUMMARY: join(cwd, 'missing', 'summary') };
    const { status, stderr } = layers(['check', '--github', demo], { cwd, env });
    expect(status).toBe(4);
    expect(stderr).toContain('[ERR_LAYERS_WRITE_OUTPUT]');
  });

  it('add to a summary as far as there is room', () => {
    const cwd = newFolder();
    const summary = join(cwd, 'summary');
    const env = { GITHUB_STEP_SUMMARY: summary };
    writeFileSync(summary, 'x'.repeat(1024 * 1024 - 6000));
    layers(['check', '--github', demo], { cwd, env });
    const { length } = readFileSync(summary);
    expect(length).toBeGreaterThan(1024 * 1024 - 6000);
    expect(length).toBeLessThanOrEqual(1024 * 1024);
    layers(['check', '--github', demo], { cwd, env });
    expect(readFileSync(summary)).toHaveLength(length);
  });
});

describe('layers check --metrics dive', () => {
  it('compares budgets of waste with the metrics of dive, and shows them', () => {
    const { status, stdout } = layers(['check', '--metrics', 'dive', demo], { cwd: newFolder() });
    expect(status).toBe(1);
    expect(stdout).toContain(
      '\ndive     wasted 194 kB · efficiency 58.2381 % · userWastedPercent 91.8449 %\n',
    );
    expect(stdout).toContain('91.8 % is wasted, more than 0.1');
  });

  it('has both figures where the verdicts differ', () => {
    const args = ['check', '--json', '--min-efficiency', '0.5', '--metrics', 'dive', demo];
    const { status, stdout } = layers(args, { cwd: newFolder() });
    const { results, dive } = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(results[0].actual).toBe(dive.efficiency);
    expect(results[0].reason).toMatch(/^dive: 58.2 % .*; layers: 47.4 % /);
  });

  it('passes an image without bytes above the lowest layer, as dive does', () => {
    const cwd = newFolder();
    expect(layers(['squash', demo, '-o', join(cwd, 'one.tar')], { cwd }).status).toBe(0);
    const { status, stdout } = layers(['check', '--json', '--metrics', 'dive', 'one.tar'], { cwd });
    const { results, dive } = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(dive.userWastedPercent).toBeNull();
    expect(results[1]).toMatchObject({ rule: 'wasted-share', level: 'pass', actual: null });
  });
});
