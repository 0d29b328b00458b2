import { repositoryScope, type Scope } from '../auth/scope.js';
import type { HttpResponse, RequestBody } from '../http/http-message.js';
import { parseUrl } from '../http/redirect.js';
import { isTransientStatus, parseRetryAfter, type Retries } from '../http/retry.js';
import { type RequestPlace, requestError, statusError, wrongAnswer } from '../registry-error.js';
import type { Connection } from './connection.js';
import { EarlyChunks } from './early-chunks.js';
import { hasBlob } from './has-blob.js';
import type { PushedBlob, PushResult } from './repository.js';

/**
 * Pushes a blob unless the repository has it. After a cut, asks the registry how much has arrived, and continues there.
 *
 * @throws LayersError ERR_LAYERS_REGISTRY_WRITE, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS; what `open` throws
 */
export async function pushBlob(connection: Connection, blob: PushedBlob): Promise<PushResult> {
  return new BlobUpload(connection, blob).run();
}

/** Thrown for an upload that cannot be continued, only begun again. */
class LostUpload extends Error {}

/** Thrown for a response with an error that can pass. */
class PassingError extends Error {
  readonly retryAfterMs: number | null;

  constructor(cause: Error, retryAfterMs: number | null) {
    super(cause.message, { cause });
    this.retryAfterMs = retryAfterMs;
  }
}

const MAX_STARTS = 12;

/** The upload of one blob: where it goes, and how much has arrived. */
class BlobUpload {
  readonly #connection: Connection;
  readonly #blob: PushedBlob;
  readonly #place: RequestPlace;
  readonly #retries: Retries;
  /** Null before the upload is started, and after it was lost. */
  #location: URL | null = null;
  /** What the registry has. */
  #position = 0;
  /** A cut left open how much has arrived. */
  #needsStatus = false;
  #isContinued = false;
  #starts = 0;
  /** The bytes from the start, which are read while the registry starts the upload. */
  #early: EarlyChunks | null = null;

  constructor(connection: Connection, blob: PushedBlob) {
    this.#connection = connection;
    this.#blob = blob;
    this.#place = { host: connection.name, what: `the blob ${blob.digest}`, isWrite: true };
    this.#retries = connection.retries();
  }

  async run(): Promise<PushResult> {
    try {
      return await this.#push();
    } finally {
      // Not waited for: a source that sends nothing must not hold back the error of the registry.
      this.#early?.close().catch(() => {});
    }
  }

  async #push(): Promise<PushResult> {
    const { path, mountFrom = [] } = this.#blob;
    if (await this.#exists(path)) return 'exists';
    for (const from of mountFrom) {
      if (from !== path && (await this.#mount(from))) return 'mounted';
      // The registry has started an upload instead.
      if (this.#location !== null) break;
    }
    for (;;) {
      const before = this.#position;
      try {
        await this.#attempt();
        return 'uploaded';
      } catch (error) {
        if (this.#position > before) this.#retries.reset();
        await this.#waitAfter(error);
        // The response to the last byte may have been lost.
        if (await this.#exists(path)) return 'uploaded';
        if (error instanceof LostUpload) this.#restart();
        else this.#needsStatus = true;
      }
    }
  }

  /** Waits before the next attempt; throws the error of the last one. */
  async #waitAfter(error: unknown): Promise<void> {
    if (error instanceof PassingError) {
      if (!(await this.#retries.next(error.retryAfterMs))) throw error.cause;
    } else if (error instanceof LostUpload) {
      if (!(await this.#retries.next())) throw wrongAnswer(this.#place, error.message, error);
    } else if (!this.#connection.isTransient(error) || !(await this.#retries.next())) {
      throw requestError(this.#place, error);
    }
  }

  async #attempt(): Promise<void> {
    if (this.#location === null) await this.#start();
    if (this.#needsStatus) await this.#askStatus();
    if (this.#position === 0) return this.#finish(this.#rest());
    if (this.#position < this.#blob.size) await this.#append();
    return this.#finish(undefined);
  }

  #restart(): void {
    this.#location = null;
    this.#position = 0;
    this.#needsStatus = false;
  }

  #exists(path: string): Promise<boolean> {
    return hasBlob(this.#connection, path, this.#blob.digest);
  }

  /** Takes the blob from another repository. A registry that does not starts an upload. */
  async #mount(from: string): Promise<boolean> {
    const { path, digest } = this.#blob;
    const query = new URLSearchParams({ mount: digest, from });
    const scopes = [repositoryScope(path, 'pull', 'push'), repositoryScope(from, 'pull')];
    const response = await this.#send('POST', `/v2/${path}/blobs/uploads/?${query}`, { scopes });
    response.discard();
    if (response.status === 201) return true;
    if (response.status === 202) this.#follow(response);
    return false;
  }

  async #start(): Promise<void> {
    // A registry that always loses an upload after some progress would be sent the blob for ever.
    if (++this.#starts > MAX_STARTS)
      throw wrongAnswer(this.#place, 'the registry loses the upload again and again');
    if (this.#starts === 1) this.#early = new EarlyChunks(this.#blob.open(0));
    const response = await this.#send('POST', `/v2/${this.#blob.path}/blobs/uploads/`);
    if (response.status !== 202) throw await statusError(this.#place, response);
    response.discard();
    this.#follow(response);
    this.#position = 0;
    this.#needsStatus = false;
    this.#isContinued = false;
  }

  /** Asks how much has arrived. A registry that forgets uploads, or cannot say, gets the blob again. */
  async #askStatus(): Promise<void> {
    const response = await this.#send('GET', this.#target());
    response.discard();
    if (response.status !== 204 && response.status !== 202 && response.status !== 200) return this.#start();
    this.#follow(response);
    this.#position = arrivedBytes(response.header('range'), this.#blob.size);
    this.#needsStatus = false;
    // Whether one byte has arrived is unknown, and an upload cannot be set back.
    if (this.#position === 0) return this.#start();
    this.#isContinued = true;
    this.#blob.onProgress?.(this.#position);
  }

  /** Sends the rest of the blob after a cut. */
  async #append(): Promise<void> {
    const { size } = this.#blob;
    const response = await this.#send('PATCH', this.#target(), {
      body: this.#rest(),
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `${this.#position}-${size - 1}`,
      },
    });
    await this.#checkUploadStatus(response, [202, 201, 204]);
    this.#follow(response);
    this.#position = size;
  }

  /** Ends the upload, with the whole blob where nothing has arrived. */
  async #finish(body: RequestBody | undefined): Promise<void> {
    const url = new URL(this.#target());
    // The query of the address is the registry's, and must be kept as it is.
    const digest = `digest=${encodeURIComponent(this.#blob.digest)}`;
    url.search = url.search === '' ? digest : `${url.search.slice(1)}&${digest}`;
    const headers = body === undefined ? {} : { 'content-type': 'application/octet-stream' };
    const response = await this.#send('PUT', url, { body, headers });
    await this.#checkUploadStatus(response, [201, 204]);
    this.#blob.onProgress?.(this.#blob.size);
  }

  async #checkUploadStatus(response: HttpResponse, expected: readonly number[]): Promise<void> {
    const { status } = response;
    if (expected.includes(status)) return response.discard();
    // A registry that is wrong about what has arrived finds another digest.
    if (status === 404 || (this.#isContinued && (status === 400 || status === 416))) {
      response.discard();
      throw new LostUpload(`the upload cannot be continued (HTTP status ${status})`);
    }
    if (isTransientStatus(status)) {
      const retryAfterMs = parseRetryAfter(response.header('retry-after'), Date.now());
      throw new PassingError(await statusError(this.#place, response), retryAfterMs);
    }
    throw await statusError(this.#place, response);
  }

  #rest(): RequestBody {
    const { size, open, onProgress } = this.#blob;
    const position = this.#position;
    const takeEarly = () => {
      const early = position === 0 ? this.#early : null;
      this.#early = null;
      return early?.chunks();
    };
    return {
      size: size - position,
      open: async function* () {
        let sent = position;
        for await (const chunk of takeEarly() ?? open(position)) {
          yield chunk;
          sent += chunk.length;
          onProgress?.(sent);
        }
      },
    };
  }

  #send(
    method: 'GET' | 'POST' | 'PATCH' | 'PUT',
    target: string | URL,
    {
      body,
      headers,
      scopes = [repositoryScope(this.#blob.path, 'pull', 'push')],
    }: {
      readonly body?: RequestBody | undefined;
      readonly headers?: Readonly<Record<string, string>>;
      readonly scopes?: readonly Scope[];
    } = {},
  ): Promise<HttpResponse> {
    const isRepeatable = method === 'GET' || method === 'POST';
    return this.#connection.send({
      method,
      target,
      path: this.#blob.path,
      scopes,
      place: this.#place,
      isRepeatable,
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    });
  }

  #target(): URL {
    if (this.#location === null) throw new LostUpload('the upload has no address');
    return this.#location;
  }

  /** Every response names the address of the next request. */
  #follow(response: HttpResponse): void {
    const stated = response.header('location');
    const location = stated === undefined ? null : parseUrl(stated, response.url);
    if (location === null || !/^https?:$/.test(location.protocol)) {
      if (this.#location !== null) return;
      throw wrongAnswer(this.#place, 'the registry names no address for the upload');
    }
    // A registry behind a proxy may not know that it is reached with TLS.
    if (location.hostname === response.url.hostname && response.url.protocol === 'https:')
      location.protocol = 'https:';
    if (location.protocol === 'http:' && response.url.protocol === 'https:')
      throw wrongAnswer(
        this.#place,
        `the registry names an address without TLS for the upload: ${location.host}`,
      );
    this.#location = location;
  }
}

/** Returns the bytes that have arrived, of a `Range` header such as `0-1023`; 0 for another one. */
function arrivedBytes(range: string | undefined, size: number): number {
  const end = /^(?:bytes=)?0-(\d{1,16})$/.exec(range ?? '')?.[1];
  // Some registries state `0-0` for an upload without bytes, so that one byte may be sent again.
  if (end === undefined || end === '0') return 0;
  return Math.min(size, Number(end) + 1);
}
