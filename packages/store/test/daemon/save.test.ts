import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { connectionError } from '../../src/daemon/daemon-error.ts';
import type { DaemonEndpoint } from '../../src/daemon/endpoint.ts';
import { inspectInDaemon } from '../../src/daemon/inspect.ts';
import { pingDaemon } from '../../src/daemon/ping.ts';
import { readFromDaemon } from '../../src/daemon/read.ts';
import { saveFromDaemon } from '../../src/daemon/save.ts';
import { bytesOf, fakeEngine, missingEngine, rawEngine, refusing } from './fake-engine.ts';

const saved = async (endpoint: DaemonEndpoint, ref = 'app:1', options = {}) =>
  bytesOf(await saveFromDaemon(endpoint, [ref], options));

const failing = (message: RegExp | string) =>
  expect.objectContaining({ code: 'ERR_LAYERS_DAEMON', message: expect.stringMatching(message) });

describe('saveFromDaemon', () => {
  it('yields the bytes of the response, however they are split', async () => {
    const body = Buffer.concat([Buffer.alloc(300_000, 7), Buffer.alloc(1024)]);
    let url: string | undefined;
    const engine = await fakeEngine((request, response) => {
      url = request.url;
      for (let at = 0; at < body.length; at += 7001) response.write(body.subarray(at, at + 7001));
      response.end();
    });
    const bytes = await saved(engine, `ghcr.io/me/app@sha256:${'ab'.repeat(32)}`);
    expect(bytes.equals(body)).toBe(true);
    expect(url).toBe(`/images/get?names=ghcr.io%2Fme%2Fapp%40sha256%3A${'ab'.repeat(32)}`);
  });

  it("reports a missing image with docker's message", async () => {
    const engine = await fakeEngine(refusing(404, 'reference does not exist'));
    await expect(saved(engine)).rejects.toThrow(
      failing(/^Error response from daemon: reference does not exist$/),
    );
  });

  it('reports an error of the engine with its message', async () => {
    const engine = await fakeEngine(refusing(500, 'layer does not exist'));
    await expect(saved(engine)).rejects.toThrow(failing('layer does not exist'));
  });

  it('reports an engine that appends its error to the archive', async () => {
    for (const isSplit of [false, true]) {
      const text = `${JSON.stringify({ errorDetail: { message: 'no space' }, error: 'no space' })}\r\n`;
      const engine = await fakeEngine((_, response) => {
        const body = Buffer.concat([Buffer.alloc(5000, 1), Buffer.from(text)]);
        if (!isSplit) return void response.end(body);
        response.write(body.subarray(0, 5010));
        setTimeout(() => response.end(body.subarray(5010)), 50);
      });
      await expect(saved(engine)).rejects.toThrow(failing(/daemon: no space$/));
    }
  });

  it('reports a truncated response, before and within its body', async () => {
    const early = await rawEngine((socket) => socket.once('data', () => socket.destroy()));
    await expect(saved(early)).rejects.toThrow(failing('closed the connection too early'));
    const late = await rawEngine((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n');
        socket.end(Buffer.alloc(100));
      }),
    );
    await expect(saved(late)).rejects.toThrow(failing('closed the connection too early'));
  });

  it('reports a server that is not a Docker Engine', async () => {
    const greeting = await rawEngine((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await expect(saved(greeting)).rejects.toThrow(failing('is not a Docker Engine'));
    const page = await fakeEngine((_, response) => response.writeHead(404).end('<html>\n<p>nothing</p>'));
    await expect(saved(page)).rejects.toThrow(failing(/HTTP status 404$/));
    const moved = await fakeEngine((_, response) => response.writeHead(301, { location: '/x' }).end());
    await expect(saved(moved)).rejects.toThrow(failing(/HTTP status 301$/));
  });

  it('limits the size of an error message that it reads', async () => {
    let written = 0;
    const engine = await fakeEngine((_, response) => {
      response.writeHead(500);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65536, 0x61))) written += 65536;
      };
      response.on('drain', more);
      more();
    });
    await expect(saved(engine)).rejects.toThrow(failing(/HTTP status 500$/));
    expect(written).toBeLessThan(16 * 1024 * 1024);
  });

  it('limits the time for an error message that arrives byte by byte', async () => {
    const engine = await fakeEngine((_, response) => {
      response.writeHead(500);
      const timer = setInterval(() => response.write('a'), 20);
      response.on('close', () => clearInterval(timer));
    });
    await expect(saved(engine, 'app:1', { idleTimeoutMs: 200 })).rejects.toThrow(failing(/HTTP status 500$/));
  });

  it('ignores an error text that is too long', async () => {
    const engine = await fakeEngine(refusing(500, `\u001b[31m${'x'.repeat(50_000)}`));
    const error = await saved(engine).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ message: expect.not.stringContaining('\u001b') });
    expect(String(error).length).toBeLessThan(2000);
  });

  it('waits for a slow engine that answers pings', async () => {
    const engine = await fakeEngine((_, response) => {
      setTimeout(() => response.end('done'), 2500);
    });
    // Both sides run in this process, which may be slow under load: the ping needs time.
    expect((await saved(engine, 'app:1', { idleTimeoutMs: 1000 })).toString()).toBe('done');
  });

  it('gives up on an engine that does not answer a ping', async () => {
    const silent = () => {};
    const engine = await fakeEngine(silent, silent);
    await expect(saved(engine, 'app:1', { idleTimeoutMs: 100 })).rejects.toThrow(
      failing('does not answer any more'),
    );
    const half = await fakeEngine((_, response) => void response.write('begun'), silent);
    await expect(saved(half, 'app:1', { idleTimeoutMs: 100 })).rejects.toThrow(
      failing('does not answer any more'),
    );
    await expect(pingDaemon(engine, { idleTimeoutMs: 100 })).rejects.toThrow(
      failing('does not answer any more'),
    );
  });

  it('ends when the signal aborts, at any moment', async () => {
    const engine = await fakeEngine((request, response) => {
      if (request.url?.includes('names=begun')) response.write('begun');
    });
    for (const ref of ['silent', 'begun']) {
      const controller = new AbortController();
      const reading = saved(engine, ref, { signal: controller.signal });
      const outcome = expect(reading).rejects.toMatchObject({ name: 'AbortError' });
      await sleep(50);
      controller.abort();
      await outcome;
    }
    await expect(saved(engine, 'app:1', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('closes the connection when the caller stops reading', async () => {
    const closed: Promise<unknown>[] = [];
    const engine = await fakeEngine((_, response) => {
      closed.push(once(response, 'close'));
      response.write(Buffer.alloc(100));
    });
    for await (const _ of await saveFromDaemon(engine, ['app:1'])) break;
    expect(await Promise.all(closed)).toHaveLength(1);
  });

  it('reports an address without a server', async () => {
    const endpoint = missingEngine();
    await expect(saved(endpoint)).rejects.toThrow(failing(`^no Docker Engine answers at ${endpoint.host}$`));
  });

  it('reports missing permission for the socket', () => {
    const cause = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });
    expect(connectionError('ERR_LAYERS_DAEMON', missingEngine(), cause)).toMatchObject({
      message: expect.stringMatching(/^permission to use the Docker Engine at unix:.* is denied$/),
      hint: expect.stringContaining('group docker'),
    });
  });

  it('refuses a name that is a path of the API', async () => {
    const engine = await fakeEngine(refusing(500, 'the request was sent'));
    for (const ref of ['../info', 'a/../../b', 'a?b=c', 'a b', '', 'a\r\nHost: x']) {
      await expect(inspectInDaemon(engine, ref)).rejects.toMatchObject({ code: 'ERR_LAYERS_REFERENCE' });
      await expect(saveFromDaemon(engine, [ref])).rejects.toMatchObject({ code: 'ERR_LAYERS_REFERENCE' });
    }
  });
});

describe('readFromDaemon', () => {
  const id = `sha256:${'12'.repeat(32)}`;
  const requestsFor = async (ref: string, tags: string[]) => {
    const urls: string[] = [];
    const engine = await fakeEngine((request, response) => {
      urls.push(decodeURIComponent(request.url ?? ''));
      response.end(JSON.stringify({ Id: id, RepoTags: tags, RootFS: { Layers: [id] } }));
    });
    await bytesOf(readFromDaemon(engine, ref));
    return urls;
  };

  it('reads the tag latest of a name without a tag', async () => {
    expect(await requestsFor('me/app', ['me/app:2', 'me/app:latest'])).toEqual([
      '/images/me/app/json',
      '/images/get?names=me/app:latest',
    ]);
  });

  it('keeps tags and digests', async () => {
    expect(await requestsFor('app:1', ['app:1'])).toContain('/images/get?names=app:1');
  });

  it('finds an image by its id', async () => {
    expect(await requestsFor('1212', ['app:1'])).toContain(`/images/get?names=${id}`);
    expect(await requestsFor(id, ['app:1'])).toContain(`/images/get?names=${id}`);
  });

  it('removes the repetition from a message of Docker 20.10', async () => {
    const engine = await fakeEngine(refusing(404, 'no such image: x: No such image: x:latest'));
    await expect(bytesOf(readFromDaemon(engine, 'x'))).rejects.toThrow(
      failing(/daemon: No such image: x:latest$/),
    );
  });

  it.each(['', '[]', '{"Id":7}', 'null', '{"Id":"', `{"Id":"${'x'.repeat(9_000_000)}"}`])(
    'does not accept the description %.20s',
    async (body) => {
      const engine = await fakeEngine((_, response) => response.end(body));
      await expect(inspectInDaemon(engine, 'x')).rejects.toThrow(failing('unknown format'));
    },
  );
});
