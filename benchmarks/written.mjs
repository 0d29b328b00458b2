// The outputs of jobs, and the limits of jobs that write.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { shell } from './context.mjs';
import { unmountBelow } from './daemon.mjs';
import { capture } from './measure.mjs';

/** Scripts for `shell`. Their arguments are the output, then a command line or the file to copy. */
export const TO_FILE = 'out=$1; shift; "$@" > "$out"';
export const TO_FILE_SYNCED = `${TO_FILE} && sync "$out"`;
export const AND_SYNC = 'out=$1; shift; "$@" && sync "$out"';
const COPY = 'cat "$2" > "$1"';
export const COPY_SYNCED = `${COPY} && sync "$1"`;

/** The limits of a job that writes: copying its output (`reference`), with and without sync. */
export const copyLimits = ({ limit }, command, result, reference, extra) => [
  limit(
    `cat to a file of what ${command} writes, and sync`,
    null,
    () => shell(COPY_SYNCED, result, reference),
    extra,
  ),
  limit(`cat to a file of what ${command} writes`, null, () => shell(COPY, result, reference), extra),
];

/** Returns the bytes of the layers of an image, which the MB/s of all jobs count. */
export const layerBytes = (context, image) => context.images[image]?.tarBytes;

/**
 * The directory for the outputs of jobs. All write to `result`, which is removed before each run, so that no earlier
 * output is still being written to disk.
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
    /** Removes the output; for `before` of a job. */
    clean:
      (...names) =>
      () =>
        remove('result', ...names),
    /** Runs `layers ARGS`, untimed. */
    layers: (...args) => capture({ name: `layers ${args[0]}`, argv: [process.execPath, cli, ...args] }),
    /**
     * Returns the `begin` of a group. `make` receives a list for functions that end what it began; then the directory is
     * removed.
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

/** Prepares something for another tool, untimed. A failure becomes visible when the tool runs. */
export function attempt(make) {
  try {
    return make();
  } catch (error) {
    process.stderr.write(`bench: ${error.message}\n`);
    return undefined;
  }
}
