import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useScratch } from '@layers/testing/scratch';
import { beforeAll, describe, expect, it } from 'vitest';

const scratch = useScratch();
const root = fileURLToPath(new URL('..', import.meta.url));
const kept = join(root, 'docs/images');
/** Those of pages are PNG, which another browser draws with other bytes. */
const pictures = readdirSync(kept).filter((name) => !name.endsWith('.png'));

describe('the pictures of the explorer', () => {
  beforeAll(() => {
    const script = join(root, 'scripts/make-screenshots.mjs');
    const { status, stderr } = spawnSync(process.execPath, [script, scratch.folder], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it.each(pictures)('%s is what the explorer shows: node scripts/make-screenshots.mjs updates it', (name) => {
    expect(readFileSync(join(scratch.folder, name), 'utf8')).toBe(readFileSync(join(kept, name), 'utf8'));
  });

  it('are all made by the script', () => {
    expect(readdirSync(scratch.folder).sort()).toEqual(pictures.sort());
  });

  it('refer to nothing outside, and run nothing', () => {
    for (const name of readdirSync(kept).filter((file) => file.endsWith('.svg'))) {
      const text = readFileSync(join(kept, name), 'utf8').replace('xmlns="http://www.w3.org/2000/svg"', '');
      expect(text).not.toMatch(/http|href|url\(|<script|<style|@import|\son\w+=/);
    }
  });

  it('play as a recording: a header, and output at times that do not go back', () => {
    const [header = '', ...lines] = readFileSync(join(kept, 'explore.cast'), 'utf8').trimEnd().split('\n');
    expect(JSON.parse(header)).toMatchObject({ version: 2, width: 100, height: 30 });
    let last = 0;
    for (const line of lines) {
      const [seconds, kind, data] = JSON.parse(line);
      expect(seconds).toBeGreaterThanOrEqual(last);
      expect(kind).toBe('o');
      expect(data).toMatch(/\x1b/);
      last = seconds;
    }
    expect(last).toBeGreaterThan(10);
  });
});
