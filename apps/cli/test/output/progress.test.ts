import { describe, expect, it } from 'vitest';
import { progressLine } from '../../src/output/progress.ts';

describe('progressLine', () => {
  it('shows bytes, rate and time left', () => {
    const line = progressLine({ doneBytes: 400e6, totalBytes: 1600e6 }, 2000, 100);
    expect(line).toBe('[======                  ]  25 %  400 MB of 1.6 GB  200 MB/s  6 s left');
  });

  it('shows bytes and rate of a pipe', () => {
    expect(progressLine({ doneBytes: 400e6, totalBytes: null }, 2000, 100)).toBe('read 400 MB  200 MB/s');
  });

  it('shows the name of the step', () => {
    const back = progressLine({ doneBytes: 400e6, totalBytes: 1600e6 }, 2000, 100, 'reading back');
    expect(back).toBe('[======                  ] reading back  25 %  400 MB of 1.6 GB  200 MB/s  6 s left');
    const unknown = progressLine({ doneBytes: 400e6, totalBytes: null }, 2000, 100, 'reading back');
    expect(unknown).toBe('reading back 400 MB  200 MB/s');
  });

  it('is narrower than the terminal', () => {
    for (const columns of [20, 40, 60, 80]) {
      const line = progressLine({ doneBytes: 1, totalBytes: 1e15 }, 1000, columns);
      expect(line.length).toBeLessThan(columns);
    }
  });

  it('tolerates counts beyond the total and below zero', () => {
    expect(progressLine({ doneBytes: 20, totalBytes: 10 }, 0, 100)).toContain('100 %');
    expect(progressLine({ doneBytes: 0, totalBytes: 10 }, 0, 100)).toContain('0 %');
  });
});
