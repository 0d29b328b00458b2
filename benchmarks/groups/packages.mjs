// Lists the packages of an image with uncompressed layers.
import { bareNode } from '../context.mjs';
import { expectSame } from './checks.mjs';

/** The types of packages that both tools list. */
const TYPES = ['apk', 'deb', 'rpm', 'npm', 'python', 'gem', 'go-module', 'java-archive'];

/** @param {import('../context.mjs').Context} context */
export function packagesGroups({ group, layers, peer, archive, has }) {
  if (!has('debian-raw')) return [];
  const file = archive('debian-raw');
  let packages = 0;
  const counts = (output) => {
    packages = JSON.parse(output).totals.packages;
  };
  const isSame = (output) => {
    const { artifacts } = JSON.parse(output);
    expectSame('packages', artifacts.filter(({ type }) => TYPES.includes(type)).length, packages);
  };
  return [
    group({
      id: 'packages',
      title: 'packages of debian-raw.tar',
      note: 'Both list the same packages: of dpkg, npm and Go.',
      runs: [7, 3],
      files: [file],
      jobs: [
        bareNode(),
        layers('packages --json', ['packages', '--json', file], { verify: counts }),
        peer('syft', 'syft', (path) => [path, '-q', `docker-archive:${file}`, '-o', 'syft-json'], {
          verify: isSame,
        }),
      ],
    }),
  ];
}
