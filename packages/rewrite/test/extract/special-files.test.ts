import { spawnSync } from 'node:child_process';
import { useScratch } from '@layers/testing/scratch';
import { expect, test, vi } from 'vitest';
import { MAX_SPECIAL } from '../../src/extract/special-files.ts';
import { extracted, notDoneCounts } from './support/extracted.ts';

vi.mock('node:child_process', () => ({ spawnSync: vi.fn() }));

const scratch = useScratch();
const result = { pid: 1, output: [], stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), signal: null };

test('the number of started programs is limited, and failures are reported', async () => {
  vi.mocked(spawnSync)
    .mockReset()
    .mockReturnValue({ ...result, status: 1 });
  const entries = Array.from({ length: MAX_SPECIAL + 10 }, (_, i) => ({
    type: 'fifo' as const,
    path: `f${i}`,
  }));
  const { report } = await extracted(scratch, [entries]);
  expect(vi.mocked(spawnSync)).toHaveBeenCalledTimes(MAX_SPECIAL);
  expect(notDoneCounts(report)).toEqual({ fifo: MAX_SPECIAL + 10 });
  expect(report.notDone[0]?.message).toBe('the program mkfifo failed');
});

test('a program that is not installed is named', async () => {
  const error = Object.assign(new Error('spawnSync mkfifo ENOENT'), { code: 'ENOENT' });
  vi.mocked(spawnSync)
    .mockReset()
    .mockReturnValue({ ...result, status: null, error });
  const { report } = await extracted(scratch, [[{ type: 'fifo', path: 'f' }]]);
  expect(report.notDone[0]?.message).toBe('the program mkfifo cannot be run: ENOENT');
});

test('names are not parsed as options or shell commands', async () => {
  vi.mocked(spawnSync)
    .mockReset()
    .mockReturnValue({ ...result, status: 1 });
  await extracted(scratch, [[{ type: 'fifo', path: '-m 777; touch x', mode: 0o4644 }]]);
  const [program, words, options] = vi.mocked(spawnSync).mock.calls[0] ?? [];
  expect(program).toBe('mkfifo');
  expect(words).toEqual(['-m', '0644', '--', '/proc/self/fd/3/-m 777; touch x']);
  expect(options).not.toHaveProperty('shell');
});
