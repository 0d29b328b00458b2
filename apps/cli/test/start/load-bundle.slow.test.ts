import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { command, environment, examples } from '@layers/testing/command';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let cache = '';

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'layers-code-'));
});

afterEach(() => rmSync(cache, { recursive: true, force: true }));

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, script = command) {
  const options = { env: environment({ XDG_CACHE_HOME: cache, ...env }), encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], options);
  return { status, stdout, stderr };
}

const names = () => readdirSync(cache, { recursive: true }).map(String).sort();
const demo = join(examples, 'demo.tar');

describe('compiled code', () => {
  it('is kept by the first run of a command, and gives the same output', () => {
    const first = run(['inspect', demo]);
    expect(first.status).toBe(0);
    const [folder, file = ''] = names();
    expect(folder).toBe('layers');
    expect(file).toMatch(new RegExp(`^layers/[0-9a-f]{8}-${process.version}-${process.arch}-inspect$`));
    const kept = readFileSync(join(cache, file));
    expect(run(['inspect', demo])).toEqual(first);
    expect(readFileSync(join(cache, file)).equals(kept)).toBe(true);
    expect(run(['tree', demo]).status).toBe(0);
    expect(names().map((name) => name.split('-').at(-1))).toEqual(['layers', 'inspect', 'tree']);
  });

  it('is compiled again where V8 refuses it or it is damaged', () => {
    const first = run(['inspect', demo]);
    const file = join(cache, names()[1] ?? '');
    const kept = readFileSync(file);
    writeFileSync(file, Buffer.concat([kept.subarray(0, 400), Buffer.from([1]), kept.subarray(401)]));
    expect(run(['inspect', demo])).toEqual(first);
    const again = readFileSync(file);
    expect(crc32(again.subarray(4))).toBe(again.readUInt32LE(0));
    // Other options of V8.
    // Node warns that it has no WebAssembly then.
    expect(run(['inspect', demo], { NODE_OPTIONS: '--jitless' })).toMatchObject({
      ...first,
      stderr: expect.anything(),
    });
    expect(run(['inspect', demo])).toEqual(first);
  });

  it('is not kept for failures, nor where it is turned off', () => {
    expect(run(['inspekt', demo]).status).toBe(2);
    expect(run(['inspect', '/nonexistent.tar']).status).toBe(3);
    expect(run(['inspect', demo], { NODE_DISABLE_COMPILE_CACHE: '1' }).status).toBe(0);
    expect(names()).toEqual([]);
  });

  it('of another bundle is not used, even of the same length', () => {
    const copy = mkdtempSync(join(tmpdir(), 'layers-copy-'));
    try {
      for (const folder of ['bin', 'dist'])
        cpSync(join(command, '../..', folder), join(copy, folder), { recursive: true });
      const script = join(copy, 'bin/layers.js');
      expect(run(['--help'], {}, script).stdout).toContain('without Docker');
      const bundle = join(copy, 'dist/commands-all.cjs');
      writeFileSync(bundle, readFileSync(bundle, 'latin1').replaceAll('without Docker', 'without Mocker'));
      expect(run(['--help'], {}, script).stdout).toContain('without Mocker');
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it('does not need a place where it can be kept', () => {
    const file = join(cache, 'file');
    writeFileSync(file, '');
    expect(run(['inspect', demo], { XDG_CACHE_HOME: file })).toMatchObject({ status: 0, stderr: '' });
  });
});
