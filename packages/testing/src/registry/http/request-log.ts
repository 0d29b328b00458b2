import { repeatedBytes, timesSent } from './byte-ranges.ts';

/** The servers of a registry: the registry, its token server, and the host of its blobs. */
export type ServerName = 'registry' | 'tokens' | 'blobs';

/** A request, as it arrived. */
export interface RequestRecord {
  readonly server: ServerName;
  /** The `Host` header: the name and the port that the client used. */
  readonly host: string;
  readonly method: string;
  /** The path with the query. */
  readonly path: string;
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes of the request body that were received. */
  receivedBytes: number;
  /** The status of the answer; null before it, and without one. */
  status: number | null;
  /** The bytes of the response body that were sent. */
  sentBytes: number;
  /** The kind of the fault; null for none. */
  fault: string | null;
  /** The blob in the response body, and the position of its first byte. */
  blob: { readonly digest: string; readonly sizeBytes: number; readonly position: number } | null;
  /** The upload that received the request body. */
  upload: string | null;
  /** The blob that this request completed. */
  completed: { readonly digest: string; readonly sizeBytes: number } | null;
}

/** How often the bytes of a blob were transferred. */
export interface Transfer {
  /** How often the whole blob was transferred; parts count together. */
  readonly times: number;
  readonly bytes: number;
  readonly repeatedBytes: number;
}

/** A credential in a request. */
export interface SentCredential {
  readonly server: ServerName;
  readonly host: string;
  readonly path: string;
  /** The name of the header; `body` for the form of a token request. */
  readonly header: string;
  readonly value: string;
}

const CREDENTIAL_HEADERS = ['authorization', 'proxy-authorization', 'cookie'];

/** Records all requests to all servers of a registry, and answers questions about them. */
export class RequestLog {
  readonly records: RequestRecord[] = [];
  readonly #forms: SentCredential[] = [];

  add(record: RequestRecord): void {
    this.records.push(record);
  }

  /** Records a credential in the form of a token request. */
  addForm(record: RequestRecord, value: string): void {
    const { server, host, path } = record;
    this.#forms.push({ server, host, path, header: 'body', value });
  }

  clear(): void {
    this.records.length = 0;
    this.#forms.length = 0;
  }

  /** Returns `METHOD PATH STATUS` of all requests to a server. */
  lines(server: ServerName = 'registry'): string[] {
    return this.records
      .filter((record) => record.server === server)
      .map(({ method, path, status }) => `${method} ${path} ${status ?? '-'}`);
  }

  /** Returns the blobs that were sent to clients, by digest. */
  pulls(): ReadonlyMap<string, Transfer> {
    const sent = new Map<string, { sizeBytes: number; ranges: { start: number; end: number }[] }>();
    for (const { blob, sentBytes } of this.records) {
      if (blob === null) continue;
      const known = sent.get(blob.digest) ?? { sizeBytes: blob.sizeBytes, ranges: [] };
      known.ranges.push({ start: blob.position, end: blob.position + sentBytes });
      sent.set(blob.digest, known);
    }
    return new Map(
      [...sent].map(([digest, { sizeBytes, ranges }]) => {
        const bytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
        const times = timesSent(ranges, sizeBytes);
        return [digest, { times, bytes, repeatedBytes: repeatedBytes(ranges) }];
      }),
    );
  }

  /** Returns the blobs that uploads completed, by digest. Bytes of other uploads belong to no blob. */
  pushes(): ReadonlyMap<string, Transfer> {
    const uploaded = new Map<string, number>();
    for (const { upload, receivedBytes } of this.records) {
      if (upload !== null) uploaded.set(upload, (uploaded.get(upload) ?? 0) + receivedBytes);
    }
    const pushed = new Map<string, Transfer>();
    for (const { upload, completed } of this.records) {
      if (upload === null || completed === null) continue;
      const before = pushed.get(completed.digest);
      const bytes = (before?.bytes ?? 0) + (uploaded.get(upload) ?? 0);
      pushed.set(completed.digest, {
        times: (before?.times ?? 0) + 1,
        bytes,
        repeatedBytes: bytes - completed.sizeBytes,
      });
    }
    return pushed;
  }

  /**
   * Returns the received bytes of blobs that exceed the sizes of the completed blobs. Includes bytes of requests that
   * were refused.
   */
  repeatedUploadBytes(): number {
    let bytes = 0;
    const sizes = new Map<string, number>();
    for (const { server, path, receivedBytes, completed } of this.records) {
      if (server === 'registry' && path.includes('/blobs/uploads/')) bytes += receivedBytes;
      if (completed !== null) sizes.set(completed.digest, completed.sizeBytes);
    }
    return bytes - [...sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Returns the credentials that clients sent, with the hosts that received them. */
  credentials(): SentCredential[] {
    const inHeaders = this.records.flatMap(({ server, host, path, headers }) =>
      CREDENTIAL_HEADERS.flatMap((header) => {
        const value = headers[header];
        return value === undefined ? [] : [{ server, host, path, header, value }];
      }),
    );
    return [...inHeaders, ...this.#forms];
  }

  /** Returns the requests that contain a secret anywhere: as it is, in base64, or in a basic credential. */
  mentions(secret: string): RequestRecord[] {
    return this.records.filter(({ path, headers }) => {
      const texts = [
        decoded(path),
        ...Object.values(headers).flatMap((value) => [value, ...fromBase64(value)]),
      ];
      return texts.some((text) => text.includes(secret));
    });
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function fromBase64(value: string): string[] {
  return value.split(/[\s,"=]+/).map((word) => Buffer.from(word, 'base64').toString('latin1'));
}
