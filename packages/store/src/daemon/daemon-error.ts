import { systemCode } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import type { DaemonEndpoint } from './endpoint.js';

/** Reading from a Docker Engine failed, or writing into it. */
export type DaemonErrorCode = 'ERR_LAYERS_DAEMON' | 'ERR_LAYERS_DAEMON_LOAD';

/** Docker 20.10 says of a missing image the same thing twice, of which its own commands show the second. */
const TWICE = /^no such image: [^ ]*: (?=No such image: )/;

/** An engine's refusal, with docker's own words as the docker command prints them. */
export function engineRefusal(code: DaemonErrorCode, words: string): LayersError {
  return new LayersError(code, `Error response from daemon: ${words.replace(TWICE, '')}`, {
    hint:
      code === 'ERR_LAYERS_DAEMON'
        ? 'docker images lists what this Docker Engine has'
        : words.includes('invalid tar header')
          ? 'Docker 20.10 takes no zstd layers: write them anew with layers repack --compression gzip'
          : 'docker info tells what this Docker Engine is',
  });
}

/** What answers does not behave as a Docker Engine. */
export function unexpectedAnswer(
  code: DaemonErrorCode,
  { host }: DaemonEndpoint,
  what: string,
  cause?: unknown,
): LayersError {
  return new LayersError(code, `what answers at ${host} ${what}`, {
    cause,
    hint: 'see whether DOCKER_HOST names a Docker Engine',
  });
}

/** The connection ended before the engine had said everything. */
export function connectionLost(
  code: DaemonErrorCode,
  { host }: DaemonEndpoint,
  cause?: unknown,
): LayersError {
  return new LayersError(code, `the Docker Engine at ${host} broke off in the middle`, {
    cause,
    hint: "the engine's own log tells why: journalctl -u docker",
  });
}

/** Nothing came for so long, and a ping was not answered either. */
export function engineSilent(code: DaemonErrorCode, { host }: DaemonEndpoint, cause?: unknown): LayersError {
  return new LayersError(code, `the Docker Engine at ${host} does not answer any more`, {
    cause,
    hint: 'see whether it still runs: docker version',
  });
}

/** What the system says of a connection, as one of our errors. */
export function connectionError(
  code: DaemonErrorCode,
  endpoint: DaemonEndpoint,
  cause: unknown,
): LayersError {
  const { host } = endpoint;
  const why = systemCode(cause) ?? '';
  if (why === 'EACCES' || why === 'EPERM') {
    return new LayersError(code, `permission to use the Docker Engine at ${host} is denied`, {
      cause,
      hint: 'become a member of the group docker (sudo usermod -aG docker "$USER", and log in again), or use sudo',
    });
  }
  if (why.startsWith('HPE_')) return unexpectedAnswer(code, endpoint, 'is no Docker Engine', cause);
  if (why === 'ECONNRESET' || why === 'EPIPE') return connectionLost(code, endpoint, cause);
  if (UNTRUSTED.test(why)) {
    return new LayersError(
      code,
      `the Docker Engine at ${host} is not who it should be: ${messageOf(cause)}`,
      {
        cause,
        hint: 'DOCKER_CERT_PATH names the folder of ca.pem, cert.pem and key.pem',
      },
    );
  }
  return new LayersError(code, `no Docker Engine answers at ${host}`, {
    cause,
    hint: 'start it, name another with DOCKER_HOST, or use a file: docker save IMAGE -o FILE',
  });
}

const UNTRUSTED = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/;

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'unknown error';
}
