// Where the jobs of a group write, and what is common to those that do.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { shell } from './context.mjs';
import { unmountBelow } from './daemon.mjs';
import { capture } from './measure.mjs';

/** Scripts for `shell`: each takes the file to write first, then a command line or the file to copy. */
export const TO_FILE = 'out=$1; shift; "$@" > "$out"';
export const TO_FILE_SYNCED = `${TO_FILE} && sync "$out"`;
export const AND_SYNC = 'out=$1; shift; "$@" && sync "$out"';
const COPY = 'cat "$2" > "$1"';
export const COPY_SYNCED = `${COPY} && sync "$1"`;

/** Limits of a job that writes: copying `reference`, a file as the command writes it, with and without a sync. */
export const copyLimits = ({ limit }, command, result, reference, extra) => [
  limit(
    `cat to a file of what ${command} writes, and sync`,
    null,
    () => shell(COPY_SYNCED, result, reference),
    extra,
  ),
  limit(`cat to a file of what ${command} writes`, null, () => shell(COPY, result, reference), extra),
];

/** The layer bytes of an image: what the MB/s of all jobs counts. */
export const layerBytes = (context, image) => context.images[image]?.tarBytes;

/**
 * The folder for what jobs write. They all write to `result`, so that nothing of the run before is still on its way
 * to the disk in the next.
 *
 * @param {import('./context.mjs').Context} context
 */
export function writtenFolder({ cache, cli }) {
  const folder = join(cache, '.layers-written');
  const out = (name) => join(folder, name);
  const remove = (...names) => {
    for (const name of names) {
      unmountBelow(out(name));
      rmSync(out(name), { recursive: true, force: true });
    }
  };
  const empty = () => {
    unmountBelow(folder);
    rmSync(folder, { recursive: true, force: true });
  };

  return {
    out,
    result: out('result'),
    remove,
    /** For `before` of a job: removes what it writes. */
    clean:
      (...names) =>
      () =>
        remove('result', ...names),
    /** Runs `layers ARGS`, untimed. */
    layers: (...args) => capture({ name: `layers ${args[0]}`, argv: [process.execPath, cli, ...args] }),
    /**
     * The `begin` of a group: `make` is given a list to put into what ends what it began; the folder is removed
     * after that.
     */
    begin: (make) => async () => {
      const ends = [];
      const end = async () => {
        for (const each of ends.reverse()) await each();
        empty();
      };
      empty();
      mkdirSync(folder, { recursive: true });
      try {
        await make?.(ends);
      } catch (error) {
        await end();
        throw error;
      }
      return end;
    },
  };
}

/** Runs what makes something for a peer, untimed; what fails there shows when the peer runs. */
export function attempt(make) {
  try {
    return make();
  } catch (error) {
    process.stderr.write(`bench: ${error.message}\n`);
    return undefined;
  }
}
