import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers, shell } from '@layers/testing/command';
import { afterAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-reproducible-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const demo = join(examples, 'demo.tar');
const at = (name: string): string => join(scratch, name);

/** Returns the output of `--json` of a command that succeeds. */
function document(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = layers([...args, '--json'], { env });
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

function newestTime(path: string): number {
  const { entries } = document(['ls', '-R', path]);
  return Math.max(...entries.map(({ mtime }: { mtime: number }) => mtime));
}

describe('layers repack --reproducible', () => {
  it('writes the same bytes for inputs of other compressors, formats and builders', () => {
    const repack = (args: readonly string[]) => document(['repack', ...args]);
    repack([demo, '--compression', 'zstd', '--level', '7', '--format', 'oci', '-o', at('zstd.tar')]);
    document(['config', demo, '--created', '2031-01-01T00:00:00Z', '-o', at('later.tar')]);
    for (const flags of [[], ['--drop-waste', '--format', 'docker']]) {
      const written = [demo, at('zstd.tar'), at('later.tar')].map((input, i) => {
        const output = at(`same-${i}.tar`);
        const how = ['--reproducible', '--compression', 'gzip', '--check', '--force', ...flags];
        expect(repack([input, ...how, '-o', output])).toMatchObject({ sameRootfs: true });
        return readFileSync(output).toString('latin1');
      });
      expect(new Set(written).size).toBe(1);
    }
  });

  it('reads and writes the same bytes with pipes and files', () => {
    document(['repack', '--reproducible', demo, '-o', at('file.tar')]);
    const pipes = `layers repack --reproducible - -q -o - < '${demo}' | cmp - ${at('file.tar')}`;
    expect(shell(pipes)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('sets later times to 1970, or to SOURCE_DATE_EPOCH', () => {
    const before = newestTime(demo);
    document(['repack', '--reproducible', demo, '-o', at('zero.tar')]);
    expect(newestTime(at('zero.tar'))).toBe(0);
    expect(document(['inspect', at('zero.tar')]).image.created).toBe('1970-01-01T00:00:00Z');
    for (const [epoch, expected] of [
      [before - 100, before - 100],
      [before + 100, before],
    ] as const) {
      const env = { SOURCE_DATE_EPOCH: String(epoch) };
      document(['repack', '--reproducible', demo, '--force', '-o', at('epoch.tar')], env);
      expect(newestTime(at('epoch.tar'))).toBe(expected);
    }
  });

  it('rejects an invalid SOURCE_DATE_EPOCH before it reads anything', () => {
    const env = { SOURCE_DATE_EPOCH: 'yesterday' };
    const { status, stderr } = layers(['repack', '--reproducible', at('absent.tar'), '-o', at('never.tar')], {
      env,
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^error: SOURCE_DATE_EPOCH is "yesterday", not a time in seconds \[ERR_LAYERS_USAGE\]\nhint: /,
    );
  });

  it('keeps times without the option', () => {
    const env = { SOURCE_DATE_EPOCH: '1' };
    document(['repack', '--drop-waste', '--check', demo, '-o', at('lean.tar')], env);
    expect(newestTime(at('lean.tar'))).toBe(newestTime(demo));
  });

  it('predicts the written bytes', () => {
    const flags = ['repack', '--reproducible', demo];
    const dry = document([...flags, '--dry-run', '-o', at('dry.tar')]);
    expect(document([...flags, '-o', at('dry.tar')]).output.sizeBytes).toBe(dry.output.sizeBytes);
  });
});
