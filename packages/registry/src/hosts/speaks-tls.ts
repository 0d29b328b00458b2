import { connect } from 'node:net';

/** A server that takes longer is asked with TLS. */
const TIMEOUT_MS = 5000;

/** The types of TLS records that answer a greeting (RFC 8446, section 5.1). */
const ALERT = 0x15;
const HANDSHAKE = 0x16;
const RANDOM_BYTES = 32;

/**
 * Returns whether a server on this machine speaks TLS; null where it cannot be reached or does not answer. A whole attempt
 * with TLS takes Node much longer: it reads all authorities first.
 */
export function speaksTls({ hostname, port }: URL): Promise<boolean | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 443) });
    socket.setTimeout(TIMEOUT_MS);
    let isConnected = false;
    const end = (answer: boolean | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => {
      isConnected = true;
      socket.write(clientHello());
    });
    socket.once('data', (bytes) => end(bytes[0] === HANDSHAKE || bytes[0] === ALERT));
    socket.once('timeout', () => end(null));
    // Some servers close the connection when they get what is not HTTP.
    socket.once('end', () => end(false));
    socket.once('error', () => end(isConnected ? false : null));
  });
}

/**
 * A greeting (RFC 8446, section 4.1.2) without a key, which a server answers with a greeting of its own or with an alert. It
 * has a line feed, for which servers of HTTP wait.
 */
function clientHello(): Buffer {
  const suites = Buffer.from('130113021303c02bc02fc02cc030009c009d002f0035', 'hex');
  const extensions = Buffer.concat([
    extension(0x0a, '0006001d00170018'),
    extension(0x0b, '0100'),
    extension(0x0d, '000c040308040401050108060601'),
    extension(0x2b, '0403040303'),
  ]);
  const hello = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(RANDOM_BYTES, 'layers'),
    Buffer.from([0]),
    withLength(suites),
    Buffer.from([1, 0]),
    withLength(extensions),
  ]);
  const message = Buffer.concat([Buffer.from([1, 0]), withLength(hello)]);
  return Buffer.concat([Buffer.from([HANDSHAKE, 3, 1]), withLength(message)]);
}

function extension(type: number, hex: string): Buffer {
  return Buffer.concat([Buffer.from([0, type]), withLength(Buffer.from(hex, 'hex'))]);
}

/** Returns bytes behind their length in two bytes. */
function withLength(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
