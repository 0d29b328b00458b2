import type { OutputTarget } from '@layers/rewrite/archive';
import type { WrittenImage } from '@layers/rewrite/image';
import { daemonEndpoint, inspectInDaemon, loadIntoDaemon } from '@layers/store/daemon';
import { CommandError } from '../command-error.js';
import { escapeForTerminal } from '../output/escape.js';
import type { Feedback } from '../output/progress.js';
import { writeNotes } from '../output/write-out.js';
import type { Session } from '../session.js';
import type { DaemonOutput } from './daemon-output.js';

/**
 * Streams the output of `write` into the Docker Engine of the environment, and checks the result there. Prints what the
 * engine reports on standard error.
 *
 * @throws LayersError ERR_LAYERS_DAEMON_LOAD with docker's own message, if no engine answers, or if the name belongs to
 *   another image than the written one
 */
export async function writeToDaemon(
  { daemon }: DaemonOutput,
  { quiet }: Feedback,
  { env, stderr, signal }: Session,
  write: (target: Extract<OutputTarget, { kind: 'stream' }>) => Promise<readonly WrittenImage[]>,
): Promise<readonly WrittenImage[]> {
  const endpoint = daemonEndpoint(env);
  let written: readonly WrittenImage[] = [];
  const { lines } = await loadIntoDaemon(
    endpoint,
    async (put) => {
      written = await write({ kind: 'stream', write: put });
    },
    { signal },
  );
  const remarks = lines.filter((line) => !line.startsWith('Loaded image'));
  if (quiet !== true)
    await writeNotes(
      stderr,
      remarks.map((line) => `${escapeForTerminal(line)}\n`),
    );
  const found = await inspectInDaemon(endpoint, daemon, { signal }, 'ERR_LAYERS_DAEMON_LOAD');
  if (!written.some((image) => isSame(image, found))) {
    throw new CommandError(
      'ERR_LAYERS_DAEMON_LOAD',
      `the Docker Engine at ${endpoint.host} has another image named ${daemon} than the written one: ${found.id}`,
      { hint: 'check whether another program tagged an image meanwhile: docker images' },
    );
  }
  return written;
}

/** An engine identifies an image by the digest of its config, or of its manifest, which it may rewrite. */
function isSame(
  { id, manifestDigest, layers }: WrittenImage,
  found: { readonly id: string; readonly diffIds: readonly string[] },
): boolean {
  if (found.id === id || found.id === manifestDigest) return true;
  if (manifestDigest !== null || found.diffIds.length !== layers.length) return false;
  return layers.every(({ diffId }, i) => diffId === found.diffIds[i]);
}
