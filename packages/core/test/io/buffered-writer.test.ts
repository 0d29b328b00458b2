import { describe, expect, it } from 'vitest';
import { withBufferedWriter } from '../../src/io/buffered-writer.ts';

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const MIB = 1 << 20;

describe('withBufferedWriter', () => {
  it('writes large chunks in order, one at a time, while the next one is filled', async () => {
    const pieces: Buffer[] = [];
    let atWork = 0;
    let overlapped = false;
    const put = async (bytes: Uint8Array): Promise<void> => {
      expect(++atWork).toBe(1);
      await later(2);
      pieces.push(Buffer.from(bytes));
      atWork--;
    };
    const chunk = new Uint8Array(300_001);
    await withBufferedWriter(put, async ({ write }) => {
      for (let i = 0; i < 30; i++) {
        await write(chunk.fill(i));
        overlapped ||= atWork > 0;
      }
    });
    const expected = Buffer.concat(Array.from({ length: 30 }, (_, i) => Buffer.alloc(300_001, i)));
    expect(Buffer.concat(pieces).equals(expected)).toBe(true);
    expect(pieces.slice(0, -1).every(({ length }) => length === MIB)).toBe(true);
    expect(overlapped).toBe(true);
  });

  it('rejects where writing a chunk fails, also the last one', async () => {
    for (const size of [10, 5 * MIB]) {
      const run = withBufferedWriter(
        async () => {
          await later(1);
          throw new Error('no room');
        },
        ({ write }) => write(new Uint8Array(size)),
      );
      await expect(run).rejects.toThrow('no room');
    }
  });

  it('waits for the current chunk before it rejects', async () => {
    let atWork = false;
    const run = withBufferedWriter(
      async () => {
        atWork = true;
        await later(20);
        atWork = false;
      },
      async ({ write }) => {
        await write(new Uint8Array(MIB));
        expect(atWork).toBe(true);
        throw new Error('the source is gone');
      },
    );
    await expect(run).rejects.toThrow('the source is gone');
    expect(atWork).toBe(false);
  });

  it('lets the event loop run', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await withBufferedWriter(
      async () => {},
      async ({ write }) => {
        const chunk = new Uint8Array(MIB);
        for (let i = 0; i < 400; i++) await write(chunk);
      },
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});
