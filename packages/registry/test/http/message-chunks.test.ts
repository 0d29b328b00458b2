import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { agentFor } from '../../src/hosts/agents.ts';
import { exchange } from '../../src/http/exchange.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** Requests the body of a server that `answer` describes, with an agent as the client has. */
async function bodyOf(answer: RequestListener, options: { readonly freesMemory?: boolean } = {}) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://127.0.0.1:${address.port}`;
  const agent = agentFor(origin, { rejectUnauthorized: true }, {});
  const response = await exchange({ method: 'GET', url: new URL(origin), headers: {} }, { agent });
  return response.body(options);
}

const sha256 = (chunks: readonly Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};

describe('the chunks of a body', () => {
  test.each([false, true])(
    'arrive whole where the reader is slower than the server: freed %s',
    async (freesMemory) => {
      // Smaller than what a stream buffers before it stops reading, and larger.
      const pieces = Array.from({ length: 120 }, (_, i) => randomBytes(i % 50 === 0 ? 300_000 : 1 + 37 * i));
      const body = await bodyOf(
        async (_, response) => {
          for (const piece of pieces) {
            if (!response.write(piece)) await once(response, 'drain');
            await turn();
          }
          response.end();
        },
        { freesMemory },
      );
      const hash = createHash('sha256');
      for await (const chunk of body) {
        const copy = Buffer.from(chunk);
        for (let i = 0; i < 3; i++) await turn();
        expect(Buffer.compare(copy, chunk)).toBe(0);
        hash.update(chunk);
      }
      expect(hash.digest('hex')).toBe(sha256(pieces));
    },
  );

  test('can be kept, unless their memory is freed', async () => {
    const bytes = randomBytes(2_000_000);
    const kept: Uint8Array[] = [];
    for await (const chunk of await bodyOf((_, response) => response.end(bytes))) kept.push(chunk);
    expect(sha256(kept)).toBe(sha256([bytes]));

    const freed: Uint8Array[] = [];
    const hash = createHash('sha256');
    for await (const chunk of await bodyOf((_, response) => response.end(bytes), { freesMemory: true })) {
      hash.update(chunk);
      freed.push(chunk);
    }
    expect(hash.digest('hex')).toBe(sha256([bytes]));
    expect(freed.filter(({ length }) => length > 0).length).toBeLessThan(freed.length / 2);
  });

  test('of a connection that is cut end with an error', async () => {
    const body = await bodyOf((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('begin');
      setImmediate(() => response.destroy());
    });
    const read = async () => {
      let text = '';
      for await (const chunk of body) text += Buffer.from(chunk).toString();
      return text;
    };
    await expect(read()).rejects.toMatchObject({ kind: 'cut' });
  });
});
