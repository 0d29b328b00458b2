import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');

describe('layers base', () => {
  it('finds the image that another one was appended to', () => {
    const out = join(mkdtempSync(join(scratch.folder, 'out-')), 'app.tar');
    expect(layers(['append', demo, '--add', `${examples}/README.md:/README.md`, '-o', out]).status).toBe(0);
    const { status, stdout } = layers([
      'base',
      out,
      '--against',
      join(examples, 'two-images.tar#1'),
      '--against',
      demo,
    ]);
    expect([status, stdout]).toEqual([3, '']);
    const found = layers(['base', out, '--against', demo]);
    expect(found.status).toBe(0);
    expect(found.stdout).toContain(`base     ${demo} · 5 of 6 layers\n`);
    const { evidence } = JSON.parse(layers(['base', out, '--against', demo, '--json']).stdout);
    expect(evidence[0]).toMatchObject({ from: 'layers', isGuess: false, name: demo, layers: 5 });
  });

  it('says what is a guess, and what is not known', () => {
    expect(layers(['base', demo]).stdout).toContain('base     not named · 1 of 5 layers · a guess\n');
    const squashed = join(mkdtempSync(join(scratch.folder, 'out-')), 'one.tar');
    expect(layers(['squash', demo, '-o', squashed]).status).toBe(0);
    expect(layers(['base', squashed]).stdout).toContain(
      'base     unknown: name an image to compare with, by --against\n',
    );
  });
});
