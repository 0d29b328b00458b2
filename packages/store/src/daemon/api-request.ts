import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { DaemonEndpoint } from './endpoint.js';

/** One of the few calls of the Docker Engine API that are needed. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Without a version in front: every engine then speaks its newest, while old and new ones share no version. */
  readonly path: string;
  readonly contentType?: string;
}

/**
 * A request that is not yet sent, over a connection of its own.
 *
 * Four calls need no library: the clients on npm bring SSH, gRPC and streams of their own for the whole API, and say
 * neither when an answer was cut short nor how long they wait.
 */
export function requestTo(
  { address }: DaemonEndpoint,
  { method, path, contentType }: ApiRequest,
): ClientRequest {
  const headers = contentType === undefined ? {} : { 'content-type': contentType };
  const common = { method, headers, agent: false };
  if (address.kind === 'socket') return httpRequest({ ...common, socketPath: address.path, path });
  const { hostname, port, basePath, tls } = address;
  const options = { ...common, hostname, port, path: basePath + path };
  return tls === null ? httpRequest(options) : httpsRequest({ ...options, ...tls });
}
