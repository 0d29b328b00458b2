import type { OutputTarget } from '@layers/rewrite/archive';
import { CommandError } from '../command-error.js';
import { writeChunk } from '../output/write-out.js';
import type { Session } from '../program/session.js';
import type { OutputName } from './output-name.js';

/** Returns the target for `writeImages`. Throws ERR_LAYERS_TERMINAL for a terminal. */
export function targetOf({ path, format }: OutputName, force: boolean, session: Session): OutputTarget {
  if (path !== '-') return { kind: format === 'oci-dir' ? 'directory' : 'file', path, force };
  refuseTerminal(session);
  return { kind: 'stream', write: (chunk) => writeChunk(session.stdout, chunk) };
}

/** Throws ERR_LAYERS_TERMINAL where standard output is a terminal. */
export function refuseTerminal({ stdout }: Session): void {
  if (!stdout.isTTY) return;
  throw new CommandError('ERR_LAYERS_TERMINAL', 'refusing to write an archive to a terminal', {
    hint: 'name a file with -o, or pipe the output',
  });
}
