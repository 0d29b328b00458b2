import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { loadIntoDaemon, type WriteToDaemon } from '../../src/daemon/load.ts';
import { bytesOf, fakeEngine, missingEngine, refusing } from './fake-engine.ts';

const failing = (message: RegExp | string) =>
  expect.objectContaining({ code: 'ERR_LAYERS_DAEMON_LOAD', message: expect.stringMatching(message) });

const MIB = 1024 * 1024;

/** Writes until a write fails. */
async function writeEndlessly(write: WriteToDaemon): Promise<void> {
  const chunk = Buffer.alloc(MIB);
  for (;;) await write(chunk);
}

async function* archiveChunks(): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(100_000);
  for (let i = 0; i < 50; i++) {
    // The memory of a chunk is reused for the next one.
    chunk.fill(i);
    yield chunk;
  }
}

const message = (value: unknown) => `${JSON.stringify(value)}\r\n`;

/** Reads the whole request, and then answers. */
const readAndAnswer =
  (answer: string, onBody: (bytes: Buffer) => void = () => {}) =>
  async (request: IncomingMessage, response: ServerResponse) => {
    const bytes = await bytesOf(request).catch(() => null);
    if (bytes === null) return;
    onBody(bytes);
    response.end(answer);
  };

describe('loadIntoDaemon', () => {
  it('sends the written bytes, and returns the lines of the response', async () => {
    let body: Buffer = Buffer.alloc(0);
    let headers: IncomingMessage['headers'] = {};
    const answer =
      message({ status: 'Loading layer', progressDetail: { current: 1 } }) +
      message({ stream: 'Loaded ' }) +
      message({ stream: 'image: app:1\n' }) +
      message({ stream: 'Loaded image ID: sha256:00\n' });
    const engine = await fakeEngine((request, response) => {
      headers = request.headers;
      void readAndAnswer(answer, (bytes) => {
        body = bytes;
      })(request, response);
    });
    const { lines } = await loadIntoDaemon(engine, archiveChunks());
    expect(lines).toEqual(['Loaded image: app:1', 'Loaded image ID: sha256:00']);
    expect(body.equals(await bytesOf(archiveChunks()))).toBe(true);
    expect(headers).toMatchObject({ 'content-type': 'application/x-tar', 'transfer-encoding': 'chunked' });
  });

  it('writes no faster than the engine reads', async () => {
    let written = 0;
    const engine = await fakeEngine(async (request, response) => {
      await sleep(300);
      request.resume();
      request.on('end', () => response.end(message({ stream: 'Loaded image: x\n' })));
    });
    let whileNotReading = 0;
    setTimeout(() => {
      whileNotReading = written;
    }, 200);
    await loadIntoDaemon(engine, async (write) => {
      for (; written < 64; written++) await write(Buffer.alloc(MIB));
    });
    expect(whileNotReading).toBeLessThan(8);
  });

  it("reports a refusal with docker's message, at the end and in the middle", async () => {
    const late = await fakeEngine(
      readAndAnswer(message({ errorDetail: { message: 'invalid tar header' }, error: 'x' })),
    );
    await expect(loadIntoDaemon(late, archiveChunks())).rejects.toThrow(
      failing(/daemon: invalid tar header$/),
    );
    const early = await fakeEngine((_, response) => response.end(message({ error: 'no space left' })));
    await expect(loadIntoDaemon(early, writeEndlessly)).rejects.toThrow(failing(/daemon: no space left$/));
    const status = await fakeEngine(refusing(500, 'not now'));
    await expect(loadIntoDaemon(status, writeEndlessly)).rejects.toThrow(failing(/daemon: not now$/));
  });

  it('does not accept a response before the end of the archive', async () => {
    const engine = await fakeEngine((_, response) => response.end(message({ stream: 'Loaded image: x\n' })));
    await expect(loadIntoDaemon(engine, writeEndlessly)).rejects.toThrow(
      failing('before it had read the archive'),
    );
  });

  it('reports a lost connection, whether the writer fails or not', async () => {
    const disconnect = (request: IncomingMessage) => request.once('data', () => request.socket.destroy());
    const engine = await fakeEngine(disconnect);
    await expect(loadIntoDaemon(engine, writeEndlessly)).rejects.toThrow(
      failing('closed the connection too early'),
    );
    const ignoreErrors = (write: WriteToDaemon) => writeEndlessly(write).catch(() => {});
    await expect(loadIntoDaemon(engine, ignoreErrors)).rejects.toThrow(
      failing('closed the connection too early'),
    );
    const truncated = await fakeEngine(async (request, response) => {
      await bytesOf(request);
      response.write(message({ stream: 'Loaded image: x\n' }));
      response.socket?.end();
    });
    await expect(loadIntoDaemon(truncated, archiveChunks())).rejects.toThrow(
      failing('closed the connection too early'),
    );
  });

  it.each(['garbage', '[1', '7', '"text"', `{"stream":"${'x'.repeat(70_000)}`])(
    'does not accept the response %.10s',
    async (answer) => {
      const engine = await fakeEngine(readAndAnswer(answer));
      await expect(loadIntoDaemon(engine, archiveChunks())).rejects.toThrow(failing('unknown format'));
    },
  );

  it('stops reading an writeEndlessly response', async () => {
    const engine = await fakeEngine((request, response) => {
      request.resume();
      const line = message({ stream: `${'x'.repeat(1000)}\n` }).repeat(60);
      const more = () => {
        while (!response.destroyed && response.write(line));
      };
      response.on('drain', more);
      request.on('end', more);
    });
    await expect(loadIntoDaemon(engine, archiveChunks())).rejects.toThrow(failing('unknown format'));
  });

  it('closes the connection if the writer fails, without ending the archive', async () => {
    const events = new EventEmitter();
    const ended = once(events, 'end');
    const engine = await fakeEngine((request) => {
      bytesOf(request).then(
        () => events.emit('end', 'complete'),
        () => events.emit('end', 'truncated'),
      );
    });
    const writer = async (write: WriteToDaemon) => {
      await write(Buffer.alloc(100));
      throw new Error('the writer failed');
    };
    await expect(loadIntoDaemon(engine, writer)).rejects.toThrow('the writer failed');
    expect(await ended).toEqual(['truncated']);
  });

  it('ends when the signal aborts, at any moment', async () => {
    const engine = await fakeEngine(() => {});
    const controller = new AbortController();
    const outcome = expect(
      loadIntoDaemon(engine, writeEndlessly, { signal: controller.signal }),
    ).rejects.toMatchObject({
      name: 'AbortError',
    });
    await sleep(100);
    controller.abort();
    await outcome;
  });

  it('gives up on an engine that neither reads nor answers a ping', async () => {
    let pings = 0;
    const engine = await fakeEngine(
      () => {},
      (_, response) => {
        if (pings++ === 0) response.end('OK');
      },
    );
    await expect(loadIntoDaemon(engine, writeEndlessly, { idleTimeoutMs: 100 })).rejects.toThrow(
      failing('any more'),
    );
  });

  it('does not start the writer if no engine answers', async () => {
    let isStarted = false;
    const writer = async () => {
      isStarted = true;
    };
    await expect(loadIntoDaemon(missingEngine(), writer)).rejects.toThrow(
      failing('no Docker Engine answers'),
    );
    expect(isStarted).toBe(false);
  });
});

describe('a server that only pretends to be an engine', () => {
  it('is an error if it names no loaded image', async () => {
    const engine = await fakeEngine(readAndAnswer(''));
    await expect(loadIntoDaemon(engine, archiveChunks())).rejects.toEqual(failing('names no loaded image'));
  });

  it.each(['\n', ' \n', '{}\n', '{"stream":""}\n'])(
    'is not waited for if it sends %j without end',
    async (text) => {
      const engine = await fakeEngine((_, response) => {
        const timer = setInterval(() => response.write(text), 1);
        response.on('close', () => clearInterval(timer));
      });
      await expect(loadIntoDaemon(engine, archiveChunks())).rejects.toEqual(failing('unknown format'));
    },
  );

  it.each(['/_ping', '/images/load'])(
    'is not waited for if it sends 100 Continue without end to %s',
    async (path) => {
      const endless = (_: IncomingMessage, response: ServerResponse) => {
        const timer = setInterval(() => response.writeContinue(), 1);
        response.on('close', () => clearInterval(timer));
      };
      const engine = path === '/_ping' ? await fakeEngine(endless, endless) : await fakeEngine(endless);
      await expect(loadIntoDaemon(engine, archiveChunks())).rejects.toEqual(
        failing('sends no final response'),
      );
    },
  );
});
