import { usageError } from '../command-error.js';
import type { Session } from '../program/session.js';

/** An image of a Docker Engine as bytes that pass once. The engine is asked at the first of them. */
export interface DaemonSource {
  readonly stream: AsyncIterable<Uint8Array> & { destroy(): void };
  /** `docker-daemon:REF`, which is what documents call it. */
  readonly path: string;
}

/** @throws LayersError ERR_LAYERS_USAGE where nothing stands behind `docker-daemon:` */
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
