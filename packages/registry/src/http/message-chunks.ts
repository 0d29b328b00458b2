import type { IncomingMessage } from 'node:http';
import { observeBody } from '../hosts/receiving-socket.js';

/**
 * Yields the chunks of a response as they were received, one at a time: the iterator of a stream copies those that wait
 * into one. Throws the error of the connection. Ends where it is closed.
 */
export async function* messageChunks(message: IncomingMessage): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let failure: { readonly error: unknown } | null = null;
  let isOver = false;
  let wake = () => {};
  message.on('data', (chunk: Uint8Array) => {
    observeBody(message.socket, chunk);
    waiting.push(chunk);
    message.pause();
    wake();
  });
  for (const event of ['end', 'close']) {
    message.on(event, () => {
      isOver = true;
      wake();
    });
  }
  message.on('error', (error) => {
    failure ??= { error };
    wake();
  });
  for (;;) {
    const chunk = waiting.shift();
    if (chunk !== undefined) yield chunk;
    else if (failure !== null) rethrow(failure);
    else if (isOver) return;
    else {
      const event = new Promise<void>((resolve) => {
        wake = resolve;
      });
      message.resume();
      await event;
    }
  }
}

function rethrow({ error }: { readonly error: unknown }): never {
  throw error;
}
