import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** Less is left to the garbage collector. Memory that Node shares among small buffers is smaller, too. */
const MIN_BYTES = 16 * 1024;

let port: MessagePort | null = null;

/** Frees the memory of a chunk, which cannot be read afterwards. The garbage collector would run for every few megabytes. */
export function freeChunk({ buffer, length }: Uint8Array): void {
  if (length < MIN_BYTES || length !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  port ??= closedPort();
  port.postMessage(null, [buffer]);
}

/** Returns a port whose messages are dropped, with all memory that is passed on with them. */
function closedPort(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}
