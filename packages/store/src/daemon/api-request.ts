import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { parseReference } from '@layers/core/oci';
import type { DaemonEndpoint } from './endpoint.js';

/** A request of the Docker Engine API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Without an API version: no version is supported by both old and new engines, and each then uses its newest. */
  readonly path: string;
  readonly contentType?: string;
}

/**
 * Creates a request over a separate connection. The caller sends it.
 *
 * Four API calls need no client library: those on npm bring SSH and gRPC for the whole API, and report neither truncated
 * responses nor timeouts.
 */
export function createRequest(
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

const IMAGE_ID = /^(?:sha256:)?[a-f0-9]{1,64}$/;

/** Returns a name or id that may be part of an API path. Throws ERR_LAYERS_REFERENCE for any other text. */
export function checkedImageName(ref: string): string {
  if (!IMAGE_ID.test(ref)) parseReference(ref);
  return ref;
}
