import { systemCode } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import type { DaemonEndpoint } from './endpoint.js';

/** The codes of errors while reading from a Docker Engine, and while loading into one. */
export type DaemonErrorCode = 'ERR_LAYERS_DAEMON' | 'ERR_LAYERS_DAEMON_LOAD';

/** Docker 20.10 repeats its message for a missing image. The docker command prints the second one. */
const REPEATED = /^no such image: [^ ]*: (?=No such image: )/;

/** Returns the error for a request that the engine refused, with its message as the docker command prints it. */
export function engineRefusal(code: DaemonErrorCode, message: string): LayersError {
  return new LayersError(code, `Error response from daemon: ${message.replace(REPEATED, '')}`, {
    hint:
      code === 'ERR_LAYERS_DAEMON'
        ? 'docker images lists the images of this Docker Engine'
        : message.includes('invalid tar header')
          ? 'Docker 20.10 does not load zstd layers: compress the layers with gzip'
          : 'docker info prints the version and state of this Docker Engine',
  });
}

/** Returns the error for a response that no Docker Engine sends. */
export function unexpectedAnswer(
  code: DaemonErrorCode,
  { host }: DaemonEndpoint,
  problem: string,
  cause?: unknown,
): LayersError {
  return new LayersError(code, `the server at ${host} ${problem}`, {
    cause,
    hint: 'check that DOCKER_HOST names a Docker Engine',
  });
}

/** Returns the error for a connection that ended before the response was complete. */
export function connectionLost(
  code: DaemonErrorCode,
  { host }: DaemonEndpoint,
  cause?: unknown,
): LayersError {
  return new LayersError(code, `the Docker Engine at ${host} closed the connection too early`, {
    cause,
    hint: "the engine's log may say why: journalctl -u docker",
  });
}

/** Returns the error for an engine that sends nothing and does not answer a ping. */
export function engineSilent(code: DaemonErrorCode, { host }: DaemonEndpoint, cause?: unknown): LayersError {
  return new LayersError(code, `the Docker Engine at ${host} does not answer any more`, {
    cause,
    hint: 'check that it still runs: docker version',
  });
}

/** Returns the error for a connection that failed, by the system's error code. */
export function connectionError(
  code: DaemonErrorCode,
  endpoint: DaemonEndpoint,
  cause: unknown,
): LayersError {
  const { host } = endpoint;
  const reason = systemCode(cause) ?? '';
  if (reason === 'EACCES' || reason === 'EPERM') {
    return new LayersError(code, `permission to use the Docker Engine at ${host} is denied`, {
      cause,
      hint: 'join the group docker (sudo usermod -aG docker "$USER", then log in again), or use sudo',
    });
  }
  if (reason.startsWith('HPE_')) return unexpectedAnswer(code, endpoint, 'is not a Docker Engine', cause);
  if (reason === 'ECONNRESET' || reason === 'EPIPE') return connectionLost(code, endpoint, cause);
  if (UNTRUSTED.test(reason)) {
    const why = cause instanceof Error ? cause.message : 'unknown error';
    return new LayersError(code, `the certificate of the Docker Engine at ${host} is not trusted: ${why}`, {
      cause,
      hint: 'DOCKER_CERT_PATH names the directory of ca.pem, cert.pem and key.pem',
    });
  }
  return new LayersError(code, `no Docker Engine answers at ${host}`, {
    cause,
    hint: 'start it, name another one with DOCKER_HOST, or use an archive: docker save IMAGE -o FILE',
  });
}

const UNTRUSTED = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/;
