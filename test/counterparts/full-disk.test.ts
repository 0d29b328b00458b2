import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  digestsBelow,
  type Inputs,
  makeInputs,
  makeOld,
  WRITE_COMMANDS,
} from '@layers/testing/write-commands';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { command } from './layers-command.ts';
import { attempt, run } from './processes.ts';

const scratch = mkdtempSync(join(tmpdir(), 'layers-full-disk-'));
const disk = join(scratch, 'disk');
const inputFolder = join(scratch, 'inputs');
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('skipped: small disks need root, to mount them');

let inputs: Inputs;
beforeAll(async () => {
  mkdirSync(inputFolder);
  inputs = makeInputs(inputFolder, 8);
  mkdirSync(disk);
  if (isRoot) await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]);
});
afterAll(async () => {
  if (isRoot) await run('umount', ['--lazy', disk]);
  rmSync(scratch, { recursive: true });
});
afterEach(async () => {
  if (!isRoot) return;
  await run('mount', ['-o', 'remount,rw', disk]);
  for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
});

const output = join(disk, 'result');

function layers(args: readonly string[], env: NodeJS.ProcessEnv = {}, input?: string) {
  if (input === undefined) return attempt(process.execPath, [command, ...args, '-q'], { env });
  const words = [process.execPath, command, ...args];
  return attempt('sh', ['-c', 'cat "$1" | { shift; "$@"; }', 'sh', input, ...words], { env });
}

/** A line with the error and its reason, and a line with a hint. */
const complaint = (why: string): RegExp =>
  new RegExp(
    `^error: cannot (?:write|extract) [^\\n]*${output}[^\\n]*: ${why}[^\\n]* \\[ERR_LAYERS_WRITE_OUTPUT\\]\\nhint: [^\\n]+\\n$`,
  );

describe.skipIf(!isRoot).each([...WRITE_COMMANDS])('layers $name', (writes) => {
  const NO_SPACE = 'no space left on device';

  it('reports a full disk, and leaves no files', async () => {
    const { status, stdout, stderr } = await layers(writes.args(inputs, output));
    expect([status, stdout.toString()]).toEqual([4, '']);
    expect(stderr).toMatch(complaint(NO_SPACE));
    if (writes.makes !== 'tree') {
      expect(readdirSync(disk)).toEqual([]);
      return;
    }
    // Of a directory, complete files stay.
    expect(readdirSync(disk)).toEqual(['result']);
    expect([...digestsBelow(output).keys()].length).toBeLessThan(8);
    const sizes = (await run('find', [output, '-type', 'f', '-printf', '%s\n'])).toString().split('\n');
    expect(new Set(sizes)).toEqual(new Set([String(1024 * 1024), '']));
  });

  it('keeps existing files on a full disk', async () => {
    makeOld(output, writes);
    const old = digestsBelow(output);
    const { status } = await layers([...writes.args(inputs, output), '--force']);
    expect([status, readdirSync(disk)]).toEqual([4, ['result']]);
    const kept = [...digestsBelow(output)].filter(([name]) => writes.makes !== 'tree' || old.has(name));
    expect(kept).toEqual([...old]);
  });

  it('reports a read-only disk', async () => {
    await run('mount', ['-o', 'remount,ro', disk]);
    const { status, stdout, stderr } = await layers(writes.args(inputs, output));
    expect([status, stdout.toString()]).toEqual([4, '']);
    expect(stderr).toMatch(complaint('read-only file system'));
    expect(readdirSync(disk)).toEqual([]);
  });

  it('reports that the temporary copy of a pipe has no space', async () => {
    const other = join(scratch, 'elsewhere');
    const piped = { ...inputs, archive: '-' };
    for (const [option, why] of [
      ['rw', 'no space left on device'],
      ['ro', 'read-only file system'],
    ] as const) {
      await run('mount', ['-o', `remount,${option}`, disk]);
      const args = [...writes.args(piped, other), '-q'];
      const { status, stderr } = await layers(
        args,
        { PATH: process.env['PATH'], TMPDIR: disk },
        inputs.archive,
      );
      expect(status).toBe(4);
      const reported = `error: cannot write the temporary copy of the archive: ${why} [ERR_LAYERS_SPOOL]\n`;
      expect(stderr).toBe(
        `${reported}hint: temporary files go to ${disk}: set TMPDIR to another directory\n`,
      );
      expect(readdirSync(disk)).toEqual([]);
      expect(readdirSync(scratch).sort()).toEqual(['disk', 'inputs']);
    }
  });
});
