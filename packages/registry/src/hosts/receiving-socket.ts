import { connect, type Socket } from 'node:net';

/** The most bytes of one read. Each costs some microseconds; Node's own sockets read 64 KiB. */
const READ_BYTES = 256 * 1024;

const sockets = new WeakSet<Socket>();
const memories = new WeakSet<ArrayBufferLike>();

/** Whether Node copies bodies out of the memory of the socket. Its documentation does not say. */
let copiesBodies: boolean | null = null;

/** Connects to a server. The socket reads into the same memory again and again, as soon as Node has copied what it holds. */
export function connectReceiving(host: string, port: number): Socket {
  let spare: Uint8Array | null = null;
  const socket: Socket = connect({
    host,
    port,
    noDelay: true,
    onread: {
      buffer() {
        const buffer = spare ?? newMemory();
        spare = null;
        return buffer;
      },
      callback(bytes, buffer) {
        const isWanted = socket.push(Buffer.from(buffer.buffer, 0, bytes));
        // A paused socket keeps what it was given.
        if (copiesBodies === true && socket.readableLength === 0) spare = buffer;
        return isWanted;
      },
    },
  });
  sockets.add(socket);
  return socket;
}

/** Learns from a chunk of a body whether Node copies bodies. */
export function observeBody(socket: Socket, chunk: Uint8Array): void {
  if (copiesBodies === null && sockets.has(socket)) copiesBodies = !memories.has(chunk.buffer);
}

function newMemory(): Uint8Array {
  // Only what a read has written is ever looked at.
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  memories.add(buffer.buffer);
  return buffer;
}
