import { computableAlgorithmOf, createDigester, type Digest } from '@layers/core/digest';
import { LayersError } from '@layers/errors';
import { repositoryScope } from '../auth/scope.js';
import { HttpFailure } from '../http/http-failure.js';
import type { HttpResponse } from '../http/http-message.js';
import { type RequestPlace, requestError, statusError, wrongAnswer } from '../registry-error.js';
import type { Connection } from './connection.js';
import type { BlobOptions } from './repository.js';

/** A blob in a repository. */
export interface BlobPlace {
  readonly path: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

/** Thrown for a response of another length than the blob has. */
class WrongLength extends HttpFailure {
  readonly announced: number;

  constructor(announced: number, expected: number) {
    super('cut', `the registry announces ${announced} bytes instead of ${expected}`);
    this.announced = announced;
  }
}

/** Less is no progress between two failures. */
const MIN_PROGRESS_BYTES = 64 * 1024;

/**
 * Yields the bytes of a blob, or a part of them. Checks the size and digest of a whole blob at the end. Continues after a cut where it stopped: by a range,
 * or by skipping the start where the registry has no ranges.
 *
 * @throws LayersError ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS; ERR_LAYERS_BLOB_MISMATCH after
 *   the last byte, or before a byte too many
 */
export async function* fetchBlob(
  connection: Connection,
  blob: BlobPlace,
  {
    from = 0,
    to = blob.size,
    checksDigest = from === 0 && to === blob.size,
    freesMemory = false,
  }: BlobOptions = {},
): AsyncGenerator<Uint8Array> {
  const { digest, size } = blob;
  const place: RequestPlace = { host: connection.name, what: `the blob ${digest}`, isWrite: false };
  const algorithm = checksDigest ? computableAlgorithmOf(digest) : null;
  const digester = algorithm === null ? null : createDigester(algorithm);
  const retries = connection.retries();
  let announced: number | null = null;
  let position = from;
  for (;;) {
    const start = position;
    try {
      const part = { position: start, to, freesMemory };
      for await (const received of bytesFrom(connection, blob, part, place)) {
        const chunk = to < size ? received.subarray(0, to - position) : received;
        position += chunk.length;
        if (position > size) throw mismatch(digest, `has more than ${size} bytes`);
        digester?.update(chunk);
        if (chunk.length > 0) yield chunk;
        if (to < size && position >= to) return;
      }
      // Without a length and chunks, a cut looks like the end.
      if (position < to) throw new HttpFailure('cut', `the blob ends at byte ${position} of ${size}`);
      break;
    } catch (error) {
      // Twice the same length is no accident.
      if (error instanceof WrongLength && error.announced === announced)
        throw mismatch(digest, `has not ${size} bytes: ${error.message}`);
      announced = error instanceof WrongLength ? error.announced : announced;
      const final = requestError(place, error);
      if (!connection.isTransient(error)) throw final;
      if (position - start >= MIN_PROGRESS_BYTES) retries.reset();
      if (!(await retries.next())) throw final;
    }
  }
  const computed = digester?.digest();
  if (computed !== undefined && computed !== digest) throw mismatch(digest, `has the digest ${computed}`);
}

/** Yields the bytes of a blob from a position, up to another one or to the end of the blob. */
async function* bytesFrom(
  connection: Connection,
  blob: BlobPlace,
  { position, to, freesMemory }: { position: number; to: number; freesMemory: boolean },
  place: RequestPlace,
): AsyncGenerator<Uint8Array> {
  if (position >= to && (position > 0 || to < blob.size)) return;
  const { path, digest } = blob;
  const response = await connection.send({
    method: 'GET',
    target: `/v2/${path}/blobs/${digest}`,
    path,
    scopes: [repositoryScope(path, 'pull')],
    headers: rangeHeaders(blob, position, to),
    place,
  });
  const skipped = await skippedBytes(response, position, position === 0 && to === blob.size, place);
  const length = response.header('content-length');
  // A registry may send more than the part that it was asked for.
  const expected = (response.status === 206 ? to : blob.size) - position + skipped;
  const isWhole = Number(length) === blob.size - position + skipped;
  if (length !== undefined && Number(length) !== expected && !isWhole) {
    response.discard();
    throw new WrongLength(Number(length), expected);
  }
  let passed = 0;
  for await (const chunk of response.body({ freesMemory })) {
    const start = Math.max(0, Math.min(chunk.length, skipped - passed));
    passed += chunk.length;
    if (start < chunk.length) yield start === 0 ? chunk : chunk.subarray(start);
  }
}

function rangeHeaders({ size }: BlobPlace, position: number, to: number): Record<string, string> {
  if (position === 0 && to === size) return {};
  return { range: `bytes=${position}-${to === size ? '' : to - 1}` };
}

/** Returns how many bytes at the start of a response are known already. Throws for a response without the blob. */
async function skippedBytes(
  response: HttpResponse,
  position: number,
  isWhole: boolean,
  place: RequestPlace,
): Promise<number> {
  if (response.status === 200) return position;
  if (response.status === 404) {
    response.discard();
    throw new LayersError('ERR_LAYERS_REGISTRY', `${place.host}: ${place.what}: the repository lacks it`, {
      hint: 'the image is incomplete: push it again. Layers are read from the registry alone, and not from addresses in the manifest',
    });
  }
  if (response.status !== 206 || isWhole) throw await statusError(place, response);
  const range = /^bytes (\d{1,16})-/.exec(response.header('content-range') ?? '');
  const start = range === null ? Number.NaN : Number(range[1]);
  if (!(start <= position)) {
    response.discard();
    throw wrongAnswer(place, `the registry sends another range than the one from byte ${position}`);
  }
  return position - start;
}

function mismatch(digest: Digest, problem: string): LayersError {
  return new LayersError('ERR_LAYERS_BLOB_MISMATCH', `the blob ${digest} ${problem}`, {
    hint: 'the registry or a proxy sends damaged data, or the manifest states a wrong size',
  });
}
