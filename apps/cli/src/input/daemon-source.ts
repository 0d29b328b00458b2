import { usageError } from '../command-error.js';
import type { Session } from '../session.js';

/** An image of a Docker Engine as a stream. The request is sent when the stream is first read. */
export interface DaemonSource {
  readonly stream: AsyncIterable<Uint8Array> & { destroy(): void };
  /** `docker-daemon:REF`, as in documents. */
  readonly path: string;
}

/** @throws LayersError ERR_LAYERS_USAGE for `docker-daemon:` without a name */
export function daemonSource(path: string, reference: string, { env }: Pick<Session, 'env'>): DaemonSource {
  if (reference === '') {
    throw usageError(
      'no image name after docker-daemon:',
      'write docker-daemon:NAME[:TAG], or an id prefix; docker images lists the images',
    );
  }
  const controller = new AbortController();
  const { signal } = controller;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const { daemonEndpoint, readFromDaemon } = await import('@layers/store');
    yield* readFromDaemon(daemonEndpoint(env), reference, { signal });
  }
  return {
    path,
    stream: { [Symbol.asyncIterator]: chunks, destroy: () => controller.abort() },
  };
}
