import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layers } from '@layers/testing/command';
import { npmPackage, packageArchive, textFile } from '@layers/testing/package-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const archive = scratch.file(packageArchive(), 'shop.tar');

/** The lines of a text, with one blank between words and two between columns. */
const linesOf = (text: string): string[] =>
  text.split('\n').map((line) => line.trim().replace(/ {2,}/g, '  '));

describe('layers packages', () => {
  it('lists packages with the layers and instructions that brought them', () => {
    const { status, stdout, stderr } = layers(['packages', archive]);
    expect([status, stderr]).toEqual([0, '']);
    const lines = linesOf(stdout);
    expect(lines).toContain('system  Debian GNU/Linux 12');
    expect(lines).toContain('packages  4 · dpkg 2, npm 1, pypi 1');
    expect(lines).toContain('libc6  1:2.36-10 ← 1:2.36-9  dpkg  12.3 kB  1  STEP 1');
    expect(lines).toContain('curl  7  dpkg  0  STEP 0');
    expect(lines).toContain('4 packages of lower layers removed or replaced: --all-layers shows them');
  });

  it('lists packages of lower layers with the layers that have them', () => {
    const { stdout } = layers(['packages', '--all-layers', archive]);
    expect(linesOf(stdout)).toContain('@org/right  2.0.0  npm  2 to 2  STEP 2');
    expect(stdout).not.toContain('--all-layers');
  });

  it('joins packages that look the same, and adds their sizes', () => {
    const twice = packageArchive([
      [...npmPackage('a/node_modules/x', 'x', '1'), ...npmPackage('b/node_modules/x', 'x', '1')],
    ]);
    const one = JSON.stringify({ name: 'x', version: '1', license: 'MIT' }).length + 10;
    const { stdout } = layers(['packages', '--bytes', scratch.file(twice)]);
    expect(linesOf(stdout)).toContain(`x (2)  1  npm  ${2 * one}  0  STEP 0`);
  });

  it.each([
    ['pip,npm', ['left', 'six']],
    ['deb', ['curl', 'libc6']],
  ])('lists only packages of the type %s', (types, names) => {
    const { stdout } = layers(['packages', '--type', types, '--jsonl', archive]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).name)).toEqual(names);
  });

  it.each(['cyclonedx-json', 'spdx-json'])('writes an SBOM in the format %s', (format) => {
    const output = join(scratch.folder, `${format}.json`);
    const env = { SOURCE_DATE_EPOCH: '86400' };
    expect(layers(['packages', '--format', format, archive, '-o', output], { env })).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
    const text = readFileSync(output, 'utf8');
    expect(text).toBe(layers(['packages', '--format', format, archive], { env }).stdout);
    expect(text).toContain('"1970-01-02T00:00:00');
    const { components, packages } = JSON.parse(text);
    expect((components ?? packages).map(({ name }: { name: string }) => name)).toContain('libc6');
    expect(layers(['packages', '--format', format, archive, '-o', output])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('ERR_LAYERS_OUTPUT_EXISTS'),
    });
    expect(layers(['packages', '--format', format, archive, '-o', output, '--force']).status).toBe(0);
  });

  it.each([
    [['-o', 'x.json'], '-o needs the format of the SBOM'],
    [['--format', 'spdx-json', '-o', ''], 'the name of the output is empty'],
    [['--format', 'spdx-json', '-o', 'store:x'], 'an SBOM cannot be written to store:'],
    [['--format', 'spdx-json', '-o', archive, '--force'], 'is the input, which is never modified'],
    [['--format', 'spdx-json', '--json'], "cannot be used with option '--json'"],
    [['--format', 'spdx-json', '--top', '1'], '--format spdx-json excludes --top'],
    [['--format', 'xml'], 'cyclonedx-json'],
    [['--type', 'exe'], 'dpkg'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = layers(['packages', ...args, archive], { cwd: scratch.folder });
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(scratch.folder, 'x.json'))).toBe(false);
  });

  it('escapes what packages state', () => {
    const name = 'a\u001b[31m\u202e\u007fb';
    const odd = packageArchive([
      [
        textFile('node_modules/a/package.json', JSON.stringify({ name, version: name, license: name })),
        textFile('etc/os-release', `ID=a\nPRETTY_NAME="${name}"\n`),
      ],
    ]);
    const file = scratch.file(odd);
    for (const args of [
      [],
      ['--json'],
      ['--jsonl'],
      ['--format', 'spdx-json'],
      ['--format', 'cyclonedx-json'],
    ]) {
      const { status, stdout } = layers(['packages', ...args, file]);
      expect(status).toBe(0);
      expect(stdout).toContain('31m');
      expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    }
  });

  it('ends with 1 for a damaged image, and writes what can be read', () => {
    const damaged = packageArchive(undefined, { form: 'oci', compression: 'gzip' });
    const start = damaged.indexOf(Buffer.from([0x1f, 0x8b]));
    damaged.fill(0xff, start + 20, start + 40);
    const { status, stdout, stderr } = layers(['packages', '--format', 'spdx-json', scratch.file(damaged)]);
    expect([status, JSON.parse(stdout).spdxVersion]).toEqual([1, 'SPDX-2.3']);
    expect(stderr).toContain('layer 0 is unreadable');
  });
});
