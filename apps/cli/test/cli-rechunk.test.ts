import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers, spawnLayers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');

describe('layers rechunk', () => {
  it('writes the same root file system in layers that the next version shares', () => {
    const folder = mkdtempSync(join(scratch.folder, 'out-'));
    const [next, first, second] = ['next.tar', 'first.tar', 'second.tar'].map((name) => join(folder, name));
    if (next === undefined || first === undefined || second === undefined) throw new Error('no names');
    expect(layers(['append', demo, '--add', `${examples}/README.md:/srv/new`, '-o', next]).status).toBe(0);
    const made = layers(['rechunk', '--check', demo, '-o', first]);
    expect(made.stdout).toMatch(/^layers {2}planned anew; \d+ components$/m);
    expect(made.stdout).toContain('checked: the root file system is the same');
    const again = layers(['rechunk', '--check', '--json', '--previous', first, next, '-o', second]);
    expect(again.status).toBe(0);
    const { images, sameRootfs } = JSON.parse(again.stdout);
    expect(sameRootfs).toBe(true);
    expect(images[0].rechunk).toMatchObject({ layers: 'continued', updates: 1, beforeBytes: null });
    expect(images[0].rechunk.afterBytes).toBeLessThan(images[0].storedBytes);
    const { updates } = JSON.parse(layers(['pull-cost', '--json', first, second]).stdout);
    // That of the new file, and the last one if the time of a directory changed.
    expect([1, 2]).toContain(updates[0].totals.fetchedLayers);
    expect(updates[0].totals.fetchedBytes).toBeLessThan(updates[0].totals.layerBytes / 2);
    expect(layers(['verify', second]).status).toBe(0);
  });

  it('writes the same bytes in each time zone and language', () => {
    const folder = mkdtempSync(join(scratch.folder, 'out-'));
    const places = [
      { TZ: 'UTC', LC_ALL: 'C' },
      { TZ: 'Pacific/Apia', LC_ALL: 'tr_TR.UTF-8' },
    ];
    const written = places.map((env) => {
      const output = join(folder, `${env.LC_ALL}.tar`);
      expect(layers(['rechunk', '--max-layers', '12', demo, '-o', output], { env }).status).toBe(0);
      return readFileSync(output);
    });
    expect(written[0]).toEqual(written[1]);
  });

  it('takes many earlier versions, and says nothing about their number', () => {
    const previous = Array.from({ length: 12 }, () => ['--previous', demo]).flat();
    // Warnings of Node reach only the standard error of a process.
    const { status, stdout, stderr } = spawnLayers(['rechunk', '--dry-run', ...previous, demo, '-o', 'x']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('(12 earlier updates)');
  });

  it('limits times with --reproducible, which --check expects', () => {
    const output = join(mkdtempSync(join(scratch.folder, 'out-')), 'out.tar');
    const made = layers(['rechunk', '--check', '--reproducible', demo, '-o', output]);
    expect(made.stdout).toContain('checked: the root file system is the same');
    const { entries } = JSON.parse(layers(['ls', '--json', output, '/etc']).stdout);
    expect(new Set(entries.map(({ mtime }: { mtime: number }) => mtime))).toEqual(new Set([0]));
  });

  it('says what an update would transfer', () => {
    const { stdout } = layers([
      'rechunk',
      '--max-layers',
      '1',
      '--dry-run',
      '--previous',
      demo,
      demo,
      '-o',
      'x',
    ]);
    expect(stdout).toMatch(
      /^update {2}\d.* of uncompressed layers on average, was 0 B \(1 earlier update\)$/m,
    );
    expect(stdout).toMatch(/^layers {2}unchanged: new ones would have transferred more; /m);
  });

  it('refuses numbers of layers that do not exist or that Docker refuses', () => {
    for (const [options, message] of [
      [['--max-layers', '126'], 'cannot have 126 layers'],
      [['--max-layers', '1', '--from', '1'], 'cannot have 1 layers'],
      [['--from', '9'], 'there is no layer 9'],
    ] as const) {
      const { status, stderr } = layers(['rechunk', ...options, demo, '-o', 'x', '--dry-run']);
      expect(stderr).toContain(message);
      expect(status).toBe(2);
    }
  });
});
