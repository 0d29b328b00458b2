import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createScratchFolder, emptied } from '../../src/bench/scratch-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-emptied-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a directory with an extracted image', () => {
  it('is removed with any names and modes, without following links', async () => {
    const [root, outside] = [join(folder, 'tree'), join(folder, 'outside')];
    mkdirSync(outside);
    writeFileSync(join(outside, 'stays'), '');
    mkdirSync(join(root, 'locked/below'), { recursive: true });
    writeFileSync(Buffer.concat([Buffer.from(`${root}/locked/below/`), Buffer.from([0xff, 0x0a])]), '');
    symlinkSync(outside, join(root, 'locked/link'));
    symlinkSync('/nonexistent', join(root, 'dangling'));
    chmodSync(join(root, 'locked/below'), 0o000);
    chmodSync(join(root, 'locked'), 0o500);
    await emptied(root);
    expect([existsSync(root), readdirSync(outside)]).toEqual([false, ['stays']]);
  });

  it('is removed also with paths that are longer than the system allows', async () => {
    const root = join(folder, 'deep');
    mkdirSync(root);
    const name = 'd'.repeat(250);
    const make = `i=0; cd "$0" && while [ $i -lt 40 ]; do mkdir ${name} x && touch f && cd ${name} || exit 1; i=$((i+1)); done`;
    expect(spawnSync('bash', ['-c', make, root]).status).toBe(0);
    await emptied(root);
    expect(existsSync(root)).toBe(false);
  });
});

describe('a directory for a measurement', () => {
  it('exists until it is removed with its contents', async () => {
    const { path, remove } = createScratchFolder();
    mkdirSync(join(path, 'x'));
    expect(readdirSync(path)).toEqual(['x']);
    await remove();
    expect(existsSync(path)).toBe(false);
  });
});
