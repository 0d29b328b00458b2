import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type PlainRequest, type PlainResponse, plainRequest } from '@layers/testing/plain-request';

/** What two registries must have in common in an answer. */
export interface Observed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The codes of errors; null for other answers. */
  readonly codes: readonly string[] | null;
}

/** Sends requests to a registry, and keeps what was observed under the name of each. */
export class Conversation {
  readonly observed = new Map<string, Observed>();
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async ask(name: string, path: string, options: PlainRequest = {}): Promise<PlainResponse> {
    const response = await plainRequest(new URL(path, this.#origin), options);
    this.observed.set(name, {
      status: response.status,
      headers: compared(response),
      codes: codesOf(response),
    });
    return response;
  }

  /** Begins an upload, and returns its location. */
  async begin(name: string): Promise<string> {
    const { headers } = await this.ask(`begin an upload in ${name}`, `/v2/${name}/blobs/uploads/`, {
      method: 'POST',
    });
    return headers['location'] ?? '';
  }

  /** Uploads a blob in one request, and returns its digest. */
  async upload(name: string, text: string): Promise<string> {
    const digest = sha256(text);
    await this.ask(`upload ${text} to ${name}`, withDigest(await this.begin(name), digest), {
      method: 'PUT',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: text,
    });
    return digest;
  }

  put(name: string, path: string, manifest: Readonly<Record<string, unknown>>): Promise<PlainResponse> {
    const headers = { 'Content-Type': String(manifest['mediaType']) };
    return this.ask(name, path, { method: 'PUT', headers, body: JSON.stringify(manifest) });
  }
}

/** Sends the head and a part of a request, and closes the connection when the registry has the bytes. */
export async function sendPart(url: URL, head: string, part: string): Promise<void> {
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, 'connect');
  socket.write(`${head}\r\nHost: ${url.host}\r\nContent-Length: ${part.length + 1}\r\n\r\n${part}`);
  socket.end();
  socket.resume();
  await once(socket, 'close');
}

export function sha256(text: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

export function withDigest(location: string, digest: string): string {
  return `${location}&${new URLSearchParams({ digest })}`;
}

const COMPARED = [
  'content-length',
  'content-range',
  'content-type',
  'docker-content-digest',
  'docker-distribution-api-version',
  'docker-upload-uuid',
  'link',
  'location',
  'range',
  'www-authenticate',
];

function compared({ status, headers }: PlainResponse): Record<string, string> {
  const names = COMPARED.filter((name) => headers[name] !== undefined)
    // The text of an error is free; 2.8.2 declares a length of an answer without a body, and a type of it.
    .filter((name) => !name.startsWith('content-') || status === 200 || status === 206);
  return Object.fromEntries(names.map((name) => [name, withoutState(headers[name] ?? '')]));
}

/** Replaces what differs between two runs: ports, identifiers and states of uploads. */
function withoutState(value: string): string {
  return value
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/_state=[^&>]*/g, '_state=STATE')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST');
}

function codesOf({ headers, text }: PlainResponse): string[] | null {
  if (!(headers['content-type'] ?? '').startsWith('application/json')) return null;
  const { errors }: { errors?: { code: string }[] } = JSON.parse(text || '{}');
  return errors?.map(({ code }) => code) ?? null;
}
