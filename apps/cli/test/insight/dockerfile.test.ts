import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');

describe('layers dockerfile', () => {
  it('prints a Dockerfile with the commands that get its files', () => {
    const { status, stdout } = layers(['dockerfile', demo]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^# Restored from the history and the config of bramble:1\.4\./);
    expect(stdout).toContain('\nFROM scratch\n');
    expect(stdout).toContain(
      `# To get the files: layers export --layer 1 ${demo} >layer-1.tar\nADD layer-1.tar /\n`,
    );
    expect(JSON.parse(layers(['dockerfile', '--json', demo]).stdout).dockerfile).toBe(stdout);
  });

  it('begins with the image after --base, which must be the base', () => {
    const out = join(mkdtempSync(join(scratch.folder, 'out-')), 'app.tar');
    expect(layers(['append', demo, '--add', `${examples}/README.md:/README.md`, '-o', out]).status).toBe(0);
    const { stdout } = layers(['dockerfile', '--base', demo, out]);
    expect(stdout).toContain('\nFROM bramble:1.4\n');
    expect(stdout).not.toContain('layer-0.tar');
    const other = layers(['dockerfile', '--base', out, demo]);
    expect([other.status, other.stdout]).toEqual([2, '']);
    expect(other.stderr).toContain('was not built on');
  });

  it('escapes names for a terminal only', () => {
    const env = { FORCE_COLOR: '1' };
    const set = join(mkdtempSync(join(scratch.folder, 'out-')), 'odd.tar');
    expect(layers(['config', demo, '--env', 'ODD=a\u202eb', '-o', set]).status).toBe(0);
    expect(layers(['dockerfile', set]).stdout).toContain('\nENV ODD="a\u202eb"\n');
    expect(layers(['dockerfile', set], { env }).stdout).toContain('\nENV ODD="a\\u202eb"\n');
  });
});
