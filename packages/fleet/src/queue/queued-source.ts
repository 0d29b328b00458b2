import { resolve } from 'node:path';
import { LayersError } from '@layers/errors';
import type { FleetSource, RemoteSource } from '../scan/sources.js';

/** A source as it is in a queue, in JSON. */
export interface QueuedSource {
  readonly name: string;
  readonly path: string;
  readonly isFound?: boolean | undefined;
  /** Whether each worker reads it by its name: connections and credentials are those of the worker. */
  readonly isRemote?: boolean | undefined;
}

/** Returns the images that are not on this machine and have a name. */
export type RemoteByName = (name: string) => RemoteSource;

export function toQueue({ name, path, isFound, remote }: FleetSource): QueuedSource {
  if (remote !== undefined) return { name, path: '', isRemote: true };
  return { name, path: resolve(path), ...(isFound === true ? { isFound } : {}) };
}

/** @param remoteOf by default, such a source is a problem */
export function fromQueue({ name, path, isFound, isRemote }: QueuedSource, remoteOf = noRemote): FleetSource {
  if (isRemote === true) return { name, path: '', remote: remoteOf(name) };
  return { name, path, isFound };
}

function noRemote(name: string): RemoteSource {
  const refuse = (): Promise<never> =>
    Promise.reject(new LayersError('ERR_LAYERS_USAGE', `this worker reads no images such as ${name}`));
  return { identity: refuse, fetch: refuse };
}
