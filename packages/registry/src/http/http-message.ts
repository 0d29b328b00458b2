/** The methods of the distribution specification. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** The body of a request. It can be sent again. */
export interface RequestBody {
  /** In bytes. */
  readonly size: number;
  /** Chunks are views that hold until the next step. */
  open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody | undefined;
}

/** A response whose body is not read yet. Either `body`, `bytes` or `discard` must be called. */
export interface HttpResponse {
  readonly url: URL;
  readonly status: number;
  /** Returns a header by its name in lower case. */
  header(name: string): string | undefined;
  /** Returns all values of a header that may occur several times. */
  headers(name: string): readonly string[];
  /**
   * Yields the body. Throws HttpFailure where it is cut, or does not arrive.
   *
   * @param options `freesMemory`: chunks are views that hold until the next step. Else they can be kept
   */
  body(options?: { readonly freesMemory?: boolean }): AsyncGenerator<Uint8Array>;
  /** Reads a small body; null where it has more than `maxBytes`. Throws HttpFailure as `body`. */
  bytes(maxBytes: number): Promise<Uint8Array | null>;
  /** Ends the exchange without reading the body. */
  discard(): void;
}

/** Returns a body in memory. */
export function bytesBody(bytes: Uint8Array): RequestBody {
  return { size: bytes.length, open: () => [bytes] };
}
