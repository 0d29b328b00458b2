// The time of commands that have almost nothing to do.
import { fileURLToPath } from 'node:url';
import { bareNode } from '../context.mjs';

const demo = fileURLToPath(new URL('../../examples/demo.tar', import.meta.url));
const others = ['dive', 'crane', 'skopeo', 'umoci', 'podman', 'docker'];

/** @param {import('../context.mjs').Context} context */
export function startGroups({ group, layers, peer }) {
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
        ...others.map((tool) =>
          peer(`${tool} --version`, tool, (path) => [path, tool === 'crane' ? 'version' : '--version']),
        ),
      ],
    }),
  ];
}
