import { describe, expect, it } from 'vitest';
import { repeat } from '../../src/bench/repeat.ts';
import { median, stageOf } from '../../src/bench/stage.ts';

const samples = [0.3, 0.1, 0.2].map((seconds) => ({ seconds, bytes: 1000, entries: 10 }));
const quiet = { begin: () => {} };

describe('a stage', () => {
  it('reports its fastest run and its limit', () => {
    const limit = { name: 'file-read', bytesPerSecond: 20_000 } as const;
    expect(stageOf('read', samples, limit)).toEqual({
      stage: 'read',
      threads: 1,
      seconds: 0.1,
      medianSeconds: 0.2,
      runs: [0.3, 0.1, 0.2],
      processedBytes: 1000,
      entries: 10,
      bytesPerSecond: 10_000,
      entriesPerSecond: 100,
      limit,
      ofLimit: 0.5,
    });
  });

  it('has no rates without a count, or without elapsed time', () => {
    const [none] = [stageOf('union', [{ seconds: 1, bytes: null, entries: null }])];
    expect([none?.bytesPerSecond, none?.entriesPerSecond, none?.ofLimit]).toEqual([null, null, null]);
    const instant = stageOf('read', [{ seconds: 0, bytes: 5, entries: 5 }], {
      name: 'file-read',
      bytesPerSecond: 1,
    });
    expect([instant.bytesPerSecond, instant.entriesPerSecond, instant.ofLimit]).toEqual([null, null, null]);
  });

  it('has as median of an even number of runs the mean of two', () => {
    expect([median([4, 1, 2, 3]), median([7]), median([])]).toEqual([2.5, 7, 0]);
  });
});

describe('runs', () => {
  it('are repeated as often as requested, within the time limit', async () => {
    const attempts: number[] = [];
    const note = (attempt: number) => attempts.push(attempt);
    await repeat({ ...quiet, runs: 3, maxSeconds: 100 }, note);
    await repeat({ ...quiet, runs: 3, maxSeconds: 0 }, note);
    expect(attempts).toEqual([0, 1, 2, 0]);
  });

  it('end with the reason of the signal', async () => {
    const controller = new AbortController();
    const run = repeat({ ...quiet, runs: 9, maxSeconds: 100, signal: controller.signal }, () =>
      controller.abort(new Error('stop')),
    );
    await expect(run).rejects.toThrow('stop');
  });
});
