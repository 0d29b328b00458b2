import { type RequestOptions as HttpRequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { systemReason } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import { proxyName } from './proxy.js';

const TIME_LIMIT_MS = 30_000;

/**
 * Connects to a server through a proxy (RFC 9110, section 9.3.6). The answer of a proxy that refuses is an error: it must
 * not be taken for the answer of the server.
 *
 * @param host an IPv6 address without brackets
 * @throws LayersError ERR_LAYERS_REGISTRY
 */
export function openTunnel(proxy: URL, host: string, port: number): Promise<Socket> {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const failed = (problem: string, hint: string, cause?: unknown): LayersError => {
    const message = `the proxy ${proxyName(proxy)} ${problem}`;
    return new LayersError('ERR_LAYERS_REGISTRY', message, { hint, cause });
  };
  return new Promise((resolve, reject) => {
    const options: HttpRequestOptions = {
      method: 'CONNECT',
      hostname: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port,
      path: target,
      agent: false,
      timeout: TIME_LIMIT_MS,
      headers: { host: target, ...authorizationOf(proxy) },
    };
    const request = proxy.protocol === 'https:' ? httpsRequest(options) : httpRequest(options);
    request.on('connect', ({ statusCode = 0, statusMessage = '' }, socket: Socket) => {
      if (statusCode >= 200 && statusCode < 300) {
        // Bytes after the answer are dropped: servers of HTTP and TLS never speak first.
        socket.setTimeout(0);
        resolve(socket);
        return;
      }
      socket.destroy();
      const hint =
        statusCode === 407
          ? 'add the user name and the password of the proxy to its URL'
          : `check the proxy, or add ${host} to NO_PROXY`;
      reject(failed(`refuses a connection to ${target}: ${`${statusCode} ${statusMessage}`.trim()}`, hint));
    });
    request.on('timeout', () => {
      request.destroy(new Error(`no answer within ${TIME_LIMIT_MS / 1000} s`));
    });
    request.on('error', (cause) => {
      reject(failed(`cannot be used: ${systemReason(cause)}`, 'check HTTPS_PROXY and HTTP_PROXY', cause));
    });
    request.end();
  });
}

function authorizationOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const credentials = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  return { 'proxy-authorization': `Basic ${credentials}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
