// Compares two images, compared with extracting both and comparing the trees.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { bareNode, shell } from '../context.mjs';
import { capture } from '../measure.mjs';
import { expectSame, lines, scratch } from './checks.mjs';

const RAW = 'debian-raw';
const UNPACK_AND_DIFF = `umoci=$1 folder=$2 a=$3 b=$4
rm -rf "$folder"
mkdir "$folder"
"$umoci" raw unpack --image "$a:bench" "$folder/a"
"$umoci" raw unpack --image "$b:bench" "$folder/b"
diff -rq --no-dereference "$folder/a" "$folder/b"`;

function run(name, ...args) {
  return capture({ name: `${name} ${args[0]}`, argv: [name, ...args] });
}

/** Prints a dot for each path of a tree, including its root. */
const pathsBelow = (path) => run('find', path, '-printf', '.\\n');

/** Returns `path/name` of a line "Only in PATH: NAME" of diff. Both can contain colons. */
function onlyIn(line) {
  const rest = line.slice('Only in '.length);
  for (let at = rest.indexOf(': '); at >= 0; at = rest.indexOf(': ', at + 1)) {
    const path = join(rest.slice(0, at), rest.slice(at + 2));
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return path;
  }
  throw new Error(`diff: ${line}`);
}

/** Returns the numbers of added, removed and changed paths in the output of `diff -rq a b`. */
function countDifferences(output, a) {
  const found = { added: 0, removed: 0, changed: 0 };
  for (const line of output.split('\n')) {
    if (line.startsWith('Only in ')) {
      const path = onlyIn(line);
      found[path.startsWith(`${a}/`) ? 'removed' : 'added'] += lines(pathsBelow(path));
    } else if (/ differ$/.test(line)) found.changed++;
    else if (line !== '') throw new Error(`diff: ${line}`);
  }
  return found;
}

/** Returns the same numbers of `layers diff --json`, without changes of metadata, which diff ignores. */
function countFiles({ files }) {
  const found = { added: 0, removed: 0, changed: 0 };
  for (const { change, fields } of files) {
    if (change !== 'changed') found[change]++;
    else if (fields.some((field) => field === 'content' || field === 'linkname')) found.changed++;
  }
  return found;
}

function diffGroup(context, name, rest) {
  const { group, layers, limit, peer, archive, cache, cli, quick } = context;
  const folder = join(cache, '.diff');
  const layout = (image) => join(folder, `oci-${image}`);
  const tree = (side) => join(folder, side);
  const [a, b] = [archive(RAW), archive(name)];
  const statuses = [0, 1];
  const json = ['diff', '--json', a, b];
  const tools = ['skopeo', 'umoci'].map((tool) => context.tool(tool));
  const canUnpack = !quick && !tools.includes(null);
  const verify = () => {
    if (!canUnpack) return;
    const said = capture({
      name: 'diff',
      argv: ['diff', '-rq', '--no-dereference', tree('a'), tree('b')],
      statuses,
    });
    const wanted = countDifferences(said, tree('a'));
    const argv = [process.execPath, cli, ...json, '--no-trunc'];
    const found = countFiles(JSON.parse(capture({ name: 'layers diff', argv, statuses })));
    for (const [key, value] of Object.entries(wanted)) expectSame(key, found[key], value);
  };
  const unpackBoth = () => {
    const [skopeo, umoci] = tools;
    for (const [side, image] of [
      ['a', RAW],
      ['b', name],
    ]) {
      const copy = ['--insecure-policy', 'copy', '-q', '--dest-compress-level', '1'];
      run(
        skopeo,
        '--tmpdir',
        folder,
        ...copy,
        `docker-archive:${archive(image)}`,
        `oci:${layout(image)}:bench`,
      );
      run(umoci, 'raw', 'unpack', '--image', `${layout(image)}:bench`, tree(side));
    }
  };
  return group({
    ...rest,
    runs: [5, 2],
    files: [a, b],
    begin: async () => {
      const end = scratch(folder);
      try {
        if (canUnpack) unpackBoth();
      } catch (error) {
        end();
        throw error;
      }
      return end;
    },
    jobs: [
      bareNode(),
      layers('diff', ['diff', a, b], { statuses, verify }),
      layers('diff --json', json, { statuses, verify }),
      limit('cat of both', null, () => ['cat', a, b]),
      peer(
        'diff -rq of both, once unpacked',
        canUnpack ? 'diff' : 'umoci',
        (path) => [path, '-rq', '--no-dereference', tree('a'), tree('b')],
        { statuses, runs: 2 },
      ),
      peer(
        'umoci raw unpack of both, and diff -rq',
        'umoci',
        (path) => shell(UNPACK_AND_DIFF, path, join(folder, 'again'), layout(RAW), layout(name)),
        { statuses, runs: 1 },
      ),
    ],
  });
}

/** @param {import('../context.mjs').Context} context */
export function diffGroups(context) {
  const groups = [];
  const note =
    'umoci reads OCI layouts with gzip -1 layers, because it does not support uncompressed layers. skopeo made them from the archives (not timed). diff compares names and bytes; layers also modes, owners and extended attributes, configs, and packages.';
  if (context.has(RAW, 'debian-next')) {
    const title =
      'diff with the next version: debian-raw.tar and debian-next.tar, all layers but the last the same';
    groups.push(diffGroup(context, 'debian-next', { id: 'diff:next', title, note }));
  }
  if (context.has(RAW, 'debian-other')) {
    const title = 'diff with another build: debian-raw.tar and debian-other.tar, no layer the same';
    groups.push(diffGroup(context, 'debian-other', { id: 'diff:other', title, note }));
  }
  return groups;
}
