// Lists every path of an image with mode, owner, size and time, compared with listing tars of the same paths.
import { join } from 'node:path';
import { bareNode, shell } from '../context.mjs';
import { layerFiles } from '../describe-images.mjs';
import { capture } from '../measure.mjs';
import { entriesByTar, expectSame, lines, scratch } from './checks.mjs';

const BY_BSDTAR =
  'program=$1 archive=$2; shift 2; for layer; do "$program" -xOf "$archive" "$layer" | "$program" -tvf -; done';
const BY_LAYERS =
  'node=$1 cli=$2 archive=$3; shift 3; for n; do "$node" "$cli" ls -lR --layer "$n" "$archive"; done';

/** @param {import('../context.mjs').Context} context */
export function listGroups({ cache, cli, group, layers, peer, archive, has, images }) {
  if (!has('debian-raw')) return [];
  const file = archive('debian-raw');
  const folder = join(cache, '.list');
  const exported = join(folder, 'exported.tar');
  const members = layerFiles(file).map(({ name }) => name);
  const { entries } = images['debian-raw'];
  const isWhole = (output) => expectSame('entries of the layers', lines(output), entries);
  const files = [file];
  let paths = 0;
  const isMerged = (output) => expectSame('paths', lines(output), paths);
  // The tar has an entry for the root, but ls does not list it.
  const isBelowRoot = (output) => expectSame('paths below the root', lines(output), paths - 1);
  return [
    group({
      id: 'list',
      title: 'ls of debian-raw.tar',
      note: 'bsdtar and tar list the output of `layers export`, since no other tool lists the merged file system without extracting it; then the layers one by one.',
      runs: [7, 3],
      files,
      begin: async () => {
        const end = scratch(folder);
        capture({
          name: 'layers export',
          argv: [process.execPath, cli, 'export', file, '-o', exported, '-q'],
        });
        paths = entriesByTar(exported);
        files.push(exported);
        return end;
      },
      jobs: [
        bareNode(),
        layers('ls -lR', ['ls', '-lR', file], { verify: isBelowRoot }),
        peer('bsdtar -tvf of the exported tar', 'bsdtar', (path) => [path, '-tvf', exported], {
          verify: isMerged,
        }),
        peer('tar -tvf of the exported tar', 'tar', (path) => [path, '-tvf', exported], { verify: isMerged }),
        layers('ls -lR --layer N, for each layer', [], {
          argv: shell(BY_LAYERS, process.execPath, cli, file, ...members.keys()),
          verify: isWhole,
          entries,
        }),
        peer(
          'bsdtar -xO and bsdtar -tv, for each layer',
          'bsdtar',
          (path) => shell(BY_BSDTAR, path, file, ...members),
          { verify: isWhole, entries, against: 'layers ls -lR --layer N, for each layer' },
        ),
      ],
    }),
  ];
}
