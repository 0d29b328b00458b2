// What the groups of the suite are made with: jobs that are left out where their tool or image is missing.
import { join } from 'node:path';
import { peerPath } from './peers.mjs';

/**
 * @typedef {import('./measure.mjs').Job & {
 *   kind: 'node' | 'layers' | 'limit' | 'peer',
 *   show: string, what the report calls it
 *   argv: string[] | (() => string[]), a function is asked once the group has begun
 *   bytes?: number, the bytes that its MB/s counts
 *   entries?: number, the entries that its entries/s counts
 *   verify?: (stdout: string) => void, throws an error whose message says what is wrong with the result
 *   fault?: string, what was found wrong with its result, or why it did not run
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
 * @property {() => Promise<(() => Promise<void>) | undefined>} [begin] makes what the jobs need; what it gives
 *   removes that again
 * @property {string[]} missing tools that are not installed
 *
 * @typedef {object} Context
 * @property {string} cache the folder of the images and of tools that were installed beside them
 * @property {string} cli the script of the command
 * @property {Record<string, import('./describe-images.mjs').Description>} images by name
 * @property {boolean} quick
 * @property {(name: string) => string} archive the file of an image
 * @property {(...names: string[]) => boolean} has whether these images could be made
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

  /** A program that `argv` makes a command line of, from its full path; with `needs` null none has to be installed. */
  const program = (kind, show, needs, argv, extra) => {
    const path = needs === null ? '' : tool(needs);
    const job = { name: show, kind, show: `\`${show}\``, ...extra };
    return path === null ? { ...job, argv: [], missing: needs } : { ...job, argv: () => argv(path) };
  };

  /** What the machine can do at most: the same bytes read, copied, hashed or inflated by something that does no more. */
  const limit = (show, needs, argv, extra = {}) =>
    program('limit', show, needs, argv, { memoryRuns: 0, ...extra });

  /** What a user would take in place of `layers`. Not run with --quick. */
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

/** The start-up of bare node: the least that any program in JavaScript takes. */
export const bareNode = () => ({
  name: 'node',
  kind: 'node',
  show: 'bare `node -e 0`',
  argv: [process.execPath, '-e', '0'],
});

/** A command line for `sh`, in which `$1` and so on are `args`. */
export const shell = (script, ...args) => ['sh', '-c', script, 'sh', ...args];
