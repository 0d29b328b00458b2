import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTextCheck } from '../../src/output/text-check.ts';
import { OutputClosed, writeText } from '../../src/output/write-out.ts';

function sink(fail?: { code: string }) {
  const chunks: string[] = [];
  let waiting = 0;
  let most = 0;
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _, done) {
      waiting++;
      most = Math.max(most, waiting);
      setImmediate(() => {
        waiting--;
        chunks.push(String(chunk));
        done(fail === undefined ? null : Object.assign(new Error('failed'), fail));
      });
    },
  });
  stream.on('error', () => {});
  return { stream, chunks, most: () => most };
}

describe('writeText', () => {
  it('joins small pieces, and waits for each chunk', async () => {
    const { stream, chunks, most } = sink();
    await writeText(
      stream,
      Array.from({ length: 100_000 }, () => '0123456789'),
    );
    expect(chunks.join('')).toHaveLength(1_000_000);
    expect(chunks.length).toBeLessThan(20);
    expect(most()).toBe(1);
  });

  it('requests no more than it can write', async () => {
    const { stream } = sink({ code: 'EPIPE' });
    let made = 0;
    function* endless() {
      for (;;) yield `${made++}\n`;
    }
    await expect(writeText(stream, endless())).rejects.toBeInstanceOf(OutputClosed);
    expect(made).toBeLessThan(30_000);
  });

  it('reports other failures as ERR_LAYERS_WRITE_OUTPUT', async () => {
    const { stream } = sink({ code: 'ENOSPC' });
    await expect(writeText(stream, ['x'])).rejects.toMatchObject({ code: 'ERR_LAYERS_WRITE_OUTPUT' });
  });

  it('stops at an interrupt', async () => {
    const { stream, chunks } = sink();
    const controller = new AbortController();
    controller.abort();
    await expect(writeText(stream, ['x'], controller.signal)).rejects.toThrow();
    expect(chunks).toEqual([]);
  });
});

describe('createTextCheck', () => {
  const check = (...chunks: readonly (readonly number[])[]) => {
    const isText = createTextCheck();
    return chunks.map((chunk) => isText(Uint8Array.from(chunk)));
  };

  it('accepts UTF-8 as text, also if a character is split', () => {
    expect(check([...Buffer.from('a\tb\r\n'), 0xc3], [0xa9])).toEqual([true, true]);
  });

  it.each([[[0]], [[0x1b, 0x5b]], [[0x7f]], [[0xff]], [[0xc2, 0x9b]]])('treats %j as binary', (bytes) => {
    expect(check([0x61], bytes)).toEqual([true, false]);
  });
});
