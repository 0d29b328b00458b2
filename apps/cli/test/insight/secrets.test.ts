import { layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { leaksOf, PLANTED, plantedArchive } from '@layers/testing/planted-secrets';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const planted = scratch.file(plantedArchive('gzip'), 'planted.tar');
const clean = scratch.file(archiveOf([[{ path: 'a', data: Buffer.from('clean') }]]), 'clean.tar');

describe('layers secrets', () => {
  it('lists secrets with their places, and ends with 1', () => {
    const { status, stdout, stderr } = layers(['secrets', '--no-trunc', planted]);
    expect([status, stderr]).toEqual([1, '']);
    const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, '  '));
    expect(lines).toContain('error  github-token  ghp_****… (40)  0  /app/visible.txt:3  visible');
    expect(lines).toContain('error  github-token  ghp_****… (40)  0  /app/deleted.txt:1  deleted by layer 1');
    expect(lines).toContain('warning  password-variable  ****… (14)  env DB_PASSWORD');
    expect(lines).toContainEqual(expect.stringMatching(/^error .* history step \d+, created_by$/));
    expect(lines).toContain('22 secrets found: 21 errors, 1 warning');
  });

  it.each([
    [[]],
    [['--no-trunc']],
    [['--json']],
    [['--jsonl']],
    [['--all', '-v']],
    [['--color', 'always', '--bytes']],
    [['--rules', scratch.file(Buffer.from('[extend]\nuseDefault = true\n'), 'r.toml')]],
  ])('prints no secret with %j', (flags) => {
    const { status, stdout, stderr } = layers(['secrets', ...flags, planted]);
    expect(status).toBe(1);
    expect(leaksOf(stdout + stderr)).toEqual([]);
    expect(stdout).toContain('ghp_****');
  });

  it('reads a pipe', async () => {
    const { status, stdout } = layers(['secrets', '-q', '--json', '-'], { input: plantedArchive() });
    expect(status).toBe(1);
    expect(JSON.parse(stdout).secrets).toHaveLength(22);
    expect(leaksOf(stdout)).toEqual([]);
  });

  it('ends with 0 where there are none', () => {
    const { status, stdout } = layers(['secrets', clean]);
    expect(status).toBe(0);
    expect(stdout).toContain('no secrets found\n');
  });

  it('ends with 0 where all are in the baseline', () => {
    const baseline = scratch.file(Buffer.from(layers(['secrets', '--json', planted]).stdout), 'base.json');
    const { status, stdout } = layers(['secrets', '--baseline', baseline, planted]);
    expect(status).toBe(0);
    expect(stdout).toContain('no secrets found\n22 of the baseline\n');
  });

  it('counts what --severity hides', () => {
    const { stdout } = layers(['secrets', '--severity', 'error', planted]);
    expect(stdout).toContain('21 secrets found: 21 errors\n1 of lower severity: --all shows them\n');
  });

  it('lists rules that cannot be used, and uses the others', () => {
    const toml = "[[rules]]\nid = 'odd'\nregex = 'a(?!b)'\n[[rules]]\nid = 'clean'\nregex = 'clean'\n";
    const rules = scratch.file(Buffer.from(toml), 'odd.toml');
    const { status, stdout } = layers(['secrets', '--rules', rules, clean]);
    expect(status).toBe(1);
    expect(stdout).toContain('the rule "odd" is not used: it has a group that RE2 does not know');
    expect(stdout).toMatch(/error +clean +\*{4}… \(5\) +0 +\/a:1 +visible/);
  });

  it.each([
    ['--rules', `token = "${PLANTED.visible}`, 'ERR_LAYERS_RULES'],
    ['--baseline', PLANTED.visible, 'ERR_LAYERS_BASELINE'],
  ])('refuses a wrong file for %s without quoting it', (flag, content, code) => {
    const file = scratch.file(Buffer.from(content), `wrong${flag}`);
    const { status, stdout, stderr } = layers(['secrets', '-v', flag, file, clean]);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain(code);
    expect(leaksOf(stderr)).toEqual([]);
  });

  it.each(['--rules', '--baseline'])('names a missing file for %s', (flag) => {
    const { status, stderr } = layers(['secrets', flag, '/nonexistent/file', clean]);
    expect(status).toBe(3);
    expect(stderr).toContain('/nonexistent/file');
  });
});
