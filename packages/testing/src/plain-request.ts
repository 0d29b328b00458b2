import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface PlainRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Certificates and a key, as PEM text. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export interface PlainResponse {
  readonly status: number;
  /** With names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
  /** False if the connection ended before the body did. */
  readonly isWhole: boolean;
}

/** Sends one request on a connection of its own, follows no redirect, and returns what arrives. */
export function plainRequest(url: string | URL, options: PlainRequest = {}): Promise<PlainResponse> {
  const { method = 'GET', headers = {}, body, tls = {} } = options;
  const send = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest;
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = send(
      url,
      { method, agent: false, ...tls, headers: { ...length, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (bytes: Buffer) => chunks.push(bytes));
        // `close` follows, and tells that the body is not whole.
        response.on('error', () => {});
        response.on('close', () => {
          const received = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [
                name,
                [value ?? ''].flat().join(', '),
              ]),
            ),
            body: received,
            text: received.toString('utf8'),
            isWhole: response.complete,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
