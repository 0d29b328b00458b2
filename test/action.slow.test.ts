import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { exampleSteps, type Outcome, readAction, runAction } from './workflow-runner.ts';

/** The action of GitHub: its steps run as a runner runs them, with `npm` in place of the registry. */
const folder = mkdtempSync(join(tmpdir(), 'layers-action-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const demo = path('examples/demo.tar');

const action = readAction(path('action'));

let runs = 0;
let work = '';
beforeEach(() => {
  work = join(folder, `run-${runs++}`);
  mkdirSync(join(work, 'temp'), { recursive: true });
  mkdirSync(join(work, 'bin'));
  // Installs the built command, and notes what it was asked for.
  const npm = `#!/bin/sh
printf '%s\\n' "$@" > "${work}/npm-arguments"
mkdir -p "$3/node_modules/.bin" && ln -sf "${path('apps/cli/bin/layers.js')}" "$3/node_modules/.bin/layers"
`;
  writeFileSync(join(work, 'bin/npm'), npm, { mode: 0o755 });
});

/** Runs the steps in a working directory of their own. */
function run(given: Readonly<Record<string, string>>): Outcome {
  const env = { PATH: `${join(work, 'bin')}:${process.env['PATH']}`, HOME: work };
  return runAction(path('action'), given, { cwd: work, temp: join(work, 'temp'), env });
}

describe('the action', () => {
  test('takes inputs through the environment only, and actions by their SHA', () => {
    expect(action.runs.using).toBe('composite');
    for (const { run: script = '', uses, env = {} } of action.runs.steps) {
      expect(script).not.toContain('${{');
      expect(uses ?? `x@${'0'.repeat(40)}`).toMatch(/@[0-9a-f]{40}$/);
      for (const value of Object.values(env)) expect(value).toMatch(/^\$\{\{ inputs\.[a-z-]+ \}\}$/);
    }
    const used = action.runs.steps.flatMap(({ env = {} }) => Object.values(env));
    expect(used.map((value) => value.slice('${{ inputs.'.length, -3)).sort()).toEqual(
      Object.keys(action.inputs).sort(),
    );
  });

  test('fails for a budget that is not kept, with outputs, a comment, annotations and a summary', () => {
    const { status, outputs, log, summary } = run({
      image: demo,
      options: '--max-wasted=1kB\n--max-layers=2\n',
    });
    expect(status).toBe(1);
    expect(outputs['verdict']).toBe('fail');
    expect(Number(outputs['efficiency'])).toBeGreaterThan(0);
    expect(Number(outputs['wasted-bytes'])).toBeGreaterThan(1000);
    // Without an image to compare with, the growth is empty.
    expect([...Object.keys(outputs), 'growth-bytes'].sort()).toEqual(Object.keys(action.outputs).sort());
    const comment = readFileSync(outputs['markdown'] ?? '', 'utf8');
    expect(comment).toMatch(/^<!-- layers check -->\n### Image check: \d budgets are not kept/);
    expect(summary).toBe(comment);
    expect(log.match(/^::error title=layers check%3A [a-z ]+::/gm)?.length).toBeGreaterThanOrEqual(2);
    expect(JSON.parse(readFileSync(outputs['json'] ?? '', 'utf8')).verdict).toBe('fail');
    expect(readFileSync(join(work, 'npm-arguments'), 'utf8')).toContain('\nlayers-cli@latest\n');
  });

  test('keeps the step green where it must never fail, and for a warning', () => {
    expect(run({ image: demo, options: '--max-layers=1', 'fail-on': 'never' }).status).toBe(0);
    const warning = { image: demo, options: '--warn=layers=1' };
    expect(run(warning)).toMatchObject({ status: 0, outputs: { verdict: 'warn' } });
    const strict = run({ ...warning, 'fail-on': 'warn' });
    expect(strict).toMatchObject({ status: 1, outputs: { verdict: 'fail' } });
    expect(strict.log).toContain('::error title=layers check%3A layers::');
  });

  test('writes all reports in one run, and compares with an earlier one', () => {
    const first = run({
      image: demo,
      options: '--max-layers=100',
      'junit-file': 'j.xml',
      'sarif-file': 's.sarif',
    });
    expect(first.status).toBe(0);
    expect(readFileSync(join(work, 'j.xml'), 'utf8')).toContain('<testsuites ');
    expect(readFileSync(join(work, 's.sarif'), 'utf8')).toContain('"version": "2.1.0"');
    const against = first.outputs['json'] ?? '';
    const before = readFileSync(against, 'utf8');
    const second = run({ image: demo, against, options: '--max-growth=0' });
    expect(second).toMatchObject({ status: 0, outputs: { verdict: 'pass', 'growth-bytes': '0' } });
    expect(readFileSync(against, 'utf8')).toBe(before);
    expect(second.outputs['markdown']).not.toBe(first.outputs['markdown']);
  });

  test('replaces no input', () => {
    const config = join(work, 'budgets.yaml');
    writeFileSync(config, 'check: {layers: 5}');
    expect(run({ image: demo, config, 'comment-file': config }).status).toBe(2);
    expect(readFileSync(config, 'utf8')).toBe('check: {layers: 5}');
  });

  test.each([
    '--help',
    '--version',
    '--unknown',
    '--max-layers=many',
    '--',
    'other.tar',
    '--format={{.Verdict}}',
  ])('says what is wrong with the option %s', (options) => {
    const { status, log, outputs } = run({ image: demo, options });
    expect(status).toBe(2);
    expect(log).toMatch(/^::error title=layers check::The /m);
    expect(log).not.toMatch(/^ +at /m);
    expect(outputs).toEqual({});
  });

  test('runs nothing that an input contains', () => {
    const evil = '$(touch injected)`touch injected`"; touch injected #';
    for (const name of [
      'image',
      'base',
      'against',
      'config',
      'options',
      'fail-on',
      'version',
      'comment-file',
    ]) {
      const { status, log } = run({ image: demo, [name]: evil });
      expect(status, name).not.toBe(0);
      expect(log).not.toContain('command not found');
      expect(existsSync(join(work, 'injected'))).toBe(false);
    }
    expect(run({ image: '--help' }).status).not.toBe(0);
    expect(run({ image: demo, base: '--help' }).status).not.toBe(0);
  });

  test('fails with the status of the command where the image cannot be read', () => {
    const { status, log, outputs } = run({ image: 'missing.tar' });
    expect(status).toBe(3);
    expect(log).toContain('error: ');
    expect(outputs).toEqual({});
  });
});

describe('the example of a comment', () => {
  const commentStep = exampleSteps(path('action')).at(-1);

  test.each([
    ['', '--method POST repos/o/r/issues/7/comments'],
    ['12\n34\n', '--method PATCH repos/o/r/issues/comments/34'],
  ])('with the comments %j uses %s', (ids, call) => {
    const calls = join(work, 'calls');
    const gh = `#!/bin/sh\necho "$*" >> "${calls}"\ncase "$*" in *--paginate*) printf '%s' '${ids}';; esac\n`;
    writeFileSync(join(work, 'bin/gh'), gh, { mode: 0o755 });
    const { status } = spawnSync('bash', ['-e', '-c', commentStep?.run ?? 'false'], {
      env: {
        PATH: `${join(work, 'bin')}:${process.env['PATH']}`,
        GITHUB_REPOSITORY: 'o/r',
        NUMBER: '7',
        REPORT: '/tmp/check.md',
      },
    });
    expect(status).toBe(0);
    const [search = '', ...changes] = readFileSync(calls, 'utf8').trimEnd().split('\n');
    expect(search).toContain('repos/o/r/issues/7/comments');
    expect(search).toContain('startswith("<!-- layers check -->")');
    expect(changes).toEqual([`api --silent ${call} --field body=@/tmp/check.md`]);
  });

  test('does not run without a report', () => {
    expect(commentStep?.if).toContain("steps.layers.outputs.markdown != ''");
  });
});
