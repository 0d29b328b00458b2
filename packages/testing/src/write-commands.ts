import { createHash, randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buildDockerArchive } from './archive-builder.ts';
import { buildTar } from './tar-builder.ts';

const MIB = 1024 * 1024;

/** Large inputs for commands that write. */
export interface Inputs {
  /** An archive of some MiB of random bytes in two layers. */
  readonly archive: string;
  /** A folder of some MiB. */
  readonly folder: string;
}

/** @param mebibytes the size of the archive; the folder has half of it */
export function makeInputs(at: string, mebibytes: number): Inputs {
  const inputs = { archive: join(at, 'large.tar'), folder: join(at, 'folder') };
  const each = Math.floor(mebibytes / 2);
  const layers = [1, 2].map((n) =>
    buildTar(Array.from({ length: each }, (_, i) => ({ path: `files/${n}-${i}`, data: randomBytes(MIB) }))),
  );
  writeFileSync(
    inputs.archive,
    buildDockerArchive({ images: [{ tags: ['large:1'], layers }] }, { form: 'hybrid' }),
  );
  mkdirSync(inputs.folder);
  for (let i = 0; i < each; i++) writeFileSync(join(inputs.folder, `added-${i}`), randomBytes(MIB));
  return inputs;
}

/** A command that writes, and the kind of its output. */
export interface WriteCommand {
  readonly name: string;
  readonly makes: 'file' | 'layout' | 'tree';
  args(inputs: Inputs, output: string): string[];
}

export const WRITE_COMMANDS: readonly WriteCommand[] = [
  { name: 'export', makes: 'file', args: ({ archive }, out) => ['export', archive, '-o', out] },
  { name: 'squash', makes: 'file', args: ({ archive }, out) => ['squash', archive, '-o', out] },
  {
    name: 'repack --compression gzip',
    makes: 'file',
    args: ({ archive }, out) => ['repack', archive, '--compression', 'gzip', '--level', '1', '-o', out],
  },
  {
    name: 'repack --format oci-dir',
    makes: 'layout',
    args: ({ archive }, out) => ['repack', archive, '--format', 'oci-dir', '-o', out],
  },
  {
    name: 'append',
    makes: 'file',
    args: ({ archive, folder }, out) => ['append', archive, '--add', `${folder}:/srv`, '-o', out],
  },
  {
    name: 'config',
    makes: 'file',
    args: ({ archive }, out) => ['config', archive, '--user', '1', '-o', out],
  },
  { name: 'extract', makes: 'tree', args: ({ archive }, out) => ['extract', archive, out] },
];

/** Writes an existing output at `path`, which `--force` may replace. */
export function makeOld(path: string, { makes }: Pick<WriteCommand, 'makes'>): void {
  rmSync(path, { recursive: true, force: true });
  if (makes === 'file') {
    writeFileSync(path, 'what was there');
    return;
  }
  mkdirSync(path);
  writeFileSync(join(path, 'mine'), 'what was there');
  if (makes === 'tree') return;
  writeFileSync(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(path, 'index.json'), '{"schemaVersion":2,"manifests":[]}');
}

/** Returns the digests of files at or below a path, and targets of symlinks, by relative name; empty where it does not exist. */
export function digestsBelow(path: string): Map<string, string> {
  const digests = new Map<string, string>();
  const look = (name: string): void => {
    const at = join(path, name);
    const stat = lstatSync(at);
    if (stat.isSymbolicLink()) digests.set(name, readlinkSync(at));
    else if (stat.isFile()) digests.set(name, createHash('sha256').update(readFileSync(at)).digest('hex'));
    else for (const below of readdirSync(at)) look(join(name, below));
  };
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) look('');
  return digests;
}
