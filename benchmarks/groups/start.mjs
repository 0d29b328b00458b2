// The time of commands that have almost nothing to do.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareNode } from '../context.mjs';
import { newerNode } from '../peers.mjs';
import { scratch } from './checks.mjs';

const demo = fileURLToPath(new URL('../../examples/demo.tar', import.meta.url));
const others = ['dive', 'crane', 'skopeo', 'umoci', 'podman', 'docker'];

/** Every command that reads an image, and what it is given besides `examples/demo.tar`. */
const READERS = {
  inspect: [],
  list: [],
  waste: [],
  history: [],
  ls: [],
  tree: [],
  cat: ['/etc/bramble/bramble.conf'],
  diff: [demo],
  verify: [],
  advise: [],
  check: [],
  base: [],
  dockerfile: [],
  find: ['*.conf'],
  log: ['/etc/bramble/bramble.conf'],
  duplicates: [],
  packages: [],
  'pull-cost': [demo],
  secrets: [],
  config: [],
};

/** Commands that write an image or a page, and the name of what they write. */
const WRITERS = {
  report: 'report.html',
  squash: 'squashed.tar',
  repack: 'repacked.tar',
  export: 'rootfs.tar',
};

/** @param {import('../context.mjs').Context} context */
export function startGroups({ group, layers, peer, cache, cli }) {
  const folder = join(cache, '.start');
  const newer = newerNode(cache);
  const withNewer =
    newer === null
      ? []
      : [
          {
            ...bareNode(),
            name: 'newer node',
            show: `bare node ${newer.version}`,
            argv: [newer.path, '-e', '0'],
          },
          ...['--version', 'inspect'].map((command) => ({
            ...layers(`${command}, Node ${newer.version}`, []),
            argv: [newer.path, cli, command, ...(command === 'inspect' ? [demo] : [])],
          })),
        ];
  return [
    group({
      id: 'start',
      title: 'Start-up',
      note: 'The inspected image is `examples/demo.tar`: five layers, 240 kB.',
      runs: [31, 9],
      files: [demo],
      jobs: [
        bareNode(),
        layers('--version', ['--version']),
        layers('inspect', ['inspect', demo]),
        ...withNewer,
        ...others.map((tool) =>
          peer(`${tool} --version`, tool, (path) => [path, tool === 'crane' ? 'version' : '--version']),
        ),
      ],
    }),
    group({
      id: 'start:commands',
      title: 'Every command on a tiny image',
      note: 'Each command reads `examples/demo.tar`.',
      runs: [15, 3],
      files: [demo],
      begin: async () => scratch(folder),
      jobs: [
        bareNode(),
        ...Object.entries(READERS).map(([command, rest]) =>
          // A comparison, a check or a search for secrets that finds something ends with 1.
          layers(command, [command, demo, ...rest], { statuses: [0, 1] }),
        ),
        ...Object.entries(WRITERS).map(([command, file]) =>
          layers(command, [command, demo, '--force', '--no-progress', '-o', join(folder, file)]),
        ),
      ],
    }),
  ];
}
