// Builds the jobs of the groups. Jobs without their tool or image are left out.
import { join } from 'node:path';
import { peerPath } from './peers.mjs';

/**
 * @typedef {import('./measure.mjs').Job & {
 *   kind: 'node' | 'layers' | 'limit' | 'peer',
 *   show: string, its name in the report
 *   argv: string[] | (() => string[]), a function is called after the group has begun
 *   bytes?: number, the bytes that its MB/s counts
 *   entries?: number, the entries that its entries/s counts
 *   wire?: { sent: number, received: number }, the bytes of its connections
 *   verify?: (stdout: string) => void, throws an error that describes a wrong result
 *   fault?: string, the fault of its result, or why it did not run
 *   missing?: string, the tool that is not installed
 * }} SuiteJob
 *
 * @typedef {object} Group
 * @property {string} id
 * @property {string} title
 * @property {string} [note]
 * @property {string[]} files read into the page cache first
 * @property {number} runs
 * @property {SuiteJob[]} jobs
 * @property {() => Promise<(() => Promise<void>) | undefined>} [begin] creates what the jobs need; returns a function
 *   that removes it
 * @property {string[]} missing tools that are not installed
 *
 * @typedef {object} Context
 * @property {string} cache the directory of the images and the installed tools
 * @property {string} cli the script of the command
 * @property {Record<string, import('./describe-images.mjs').Description>} images by name
 * @property {boolean} quick
 * @property {(name: string) => string} archive the file of an image
 * @property {(...names: string[]) => boolean} has whether these images exist
 * @property {typeof makeJob} layers, limit, peer
 */

/**
 * @param {{ cache: string, cli: string, images: Record<string, object>, quick: boolean }} options
 * @returns {Context}
 */
export function createContext({ cache, cli, images, quick }) {
  const tool = (name) => peerPath(cache, name);

  /** `layers ARGS`, shown as `show`. */
  const layers = (show, args, extra = {}) => ({
    name: `layers ${show}`,
    kind: 'layers',
    show: `\`layers ${show}\``,
    argv: [process.execPath, cli, ...args],
    ...extra,
  });

  /** A job of another program. `argv` receives its full path. With `needs` null, no program must be installed. */
  const program = (kind, show, needs, argv, extra) => {
    const path = needs === null ? '' : tool(needs);
    const job = { name: show, kind, show: `\`${show}\``, ...extra };
    return path === null ? { ...job, argv: [], missing: needs } : { ...job, argv: () => argv(path) };
  };

  /** A limit of the machine: a program that only reads, copies, hashes or decompresses the same bytes. */
  const limit = (show, needs, argv, extra = {}) =>
    program('limit', show, needs, argv, { memoryRuns: 0, ...extra });

  /** A tool that users take instead of `layers`. It does not run with --quick. */
  const peer = (show, needs, argv, extra = {}) =>
    program('peer', show, needs, argv, { memoryRuns: 1, ...extra });

  const group = ({ runs: [runs, quickRuns], jobs, files = [], ...rest }) => {
    const wanted = jobs.filter(({ kind }) => !(quick && kind === 'peer'));
    return {
      ...rest,
      files,
      runs: quick ? quickRuns : runs,
      jobs: wanted.filter(({ missing }) => missing === undefined),
      missing: [...new Set(wanted.flatMap(({ missing }) => missing ?? []))],
    };
  };

  return {
    cache,
    cli,
    images,
    quick,
    tool,
    archive: (name) => join(cache, `${name}.tar`),
    has: (...names) => names.every((name) => images[name] !== undefined),
    layers,
    limit,
    peer,
    group,
  };
}

/** The start of Node alone: the least that any program in JavaScript takes. */
export const bareNode = () => ({
  name: 'node',
  kind: 'node',
  show: 'bare `node -e 0`',
  argv: [process.execPath, '-e', '0'],
});

/** Returns a command line for `sh`, with `args` as `$1` and so on. */
export const shell = (script, ...args) => ['sh', '-c', script, 'sh', ...args];
