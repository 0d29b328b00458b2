import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { afterAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-usage-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const demo = join(examples, 'demo.tar');
const compressed = join(examples, 'demo-oci.tar');
const two = join(examples, 'two-images.tar');
const at = (name: string): string => join(scratch, name);

describe('the input', () => {
  it.each(['squash', 'export'])('is not replaced by %s, also under another name', (verb) => {
    copyFileSync(demo, at('in.tar'));
    rmSync(at('same.tar'), { force: true });
    symlinkSync('in.tar', at('same.tar'));
    for (const name of ['in.tar', 'same.tar']) {
      for (const force of [[], ['--force']]) {
        const { status, stderr } = layers([verb, at('in.tar'), '-o', at(name), ...force]);
        expect([status, stderr]).toEqual([
          2,
          expect.stringContaining('is the input, which is never modified'),
        ]);
      }
    }
    expect(readFileSync(at('in.tar')).equals(readFileSync(demo))).toBe(true);
  });
});

describe('wrong usage', () => {
  it.each([
    ['--json and -o - cannot', ['squash', demo, '-o', '-', '--json']],
    ['cannot be used with', ['squash', demo, '--last', '2', '--from', '1']],
    ['merges no layer', ['squash', demo, '--last', '0']],
    ['has fewer than 6 layers', ['squash', demo, '--last', '6']],
    ['from 2 to 9', ['squash', demo, '--from', '2', '--to', '9']],
    ['from 3 to 2', ['squash', demo, '--from', '3', '--to', '2']],
    ['must be a whole number', ['squash', demo, '--from', '-1']],
    ['--level needs --compression', ['squash', demo, '--level', '9']],
    ['--level needs --compression', ['repack', demo, '--level', '9', '--compression', 'none']],
    ['gzip has no level 10', ['repack', demo, '--level', '10', '--compression', 'gzip']],
    ['allowed choices', ['repack', demo, '--compression', 'xz']],
    ['allowed choices', ['repack', demo, '--format', 'oci-layout']],
    ['oci: excludes --format docker', ['repack', demo, '--format', 'docker', '-o', `oci:${at('no')}`]],
    ['no file name after oci:', ['repack', demo, '-o', 'oci:']],
    ['is not a valid image name', ['repack', demo, '--tag', 'Bad Name']],
    ['--tag cannot name 2 images', ['repack', two, '--all', '--tag', 'one:1']],
    ['two of the images are named bramble:1.4', ['repack', demo, compressed]],
    ['standard input is named twice', ['repack', '-', 'docker-archive:-']],
    ['2 images to choose from', ['repack', two]],
    ['no image is for the platform', ['repack', demo, '--platform', 'linux/arm64']],
    ['--dry-run writes nothing', ['repack', demo, '--dry-run', '--check']],
    ['nothing to change', ['config', demo]],
    ['"novalue": no value', ['config', demo, '--set-env', 'novalue']],
    ['is not a port', ['config', demo, '--expose', 'http']],
    ['nothing to add', ['append', demo]],
    ["unknown option '--check'", ['append', demo, '--add', scratch, '--check']],
    ['is not a platform', ['config', demo, '--set-platform', '!']],
  ] as const)('%s: %j', (message, args) => {
    const output = at('unwritten.tar');
    const named = args.some((word) => word === '-o');
    const { status, stdout, stderr } = layers(named ? args : [...args, '-o', output]);
    expect([status, stdout, existsSync(output)]).toEqual([2, '', false]);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error: .+ \[ERR_LAYERS_\w+\]\nhint: .+\n$/);
  });
});
