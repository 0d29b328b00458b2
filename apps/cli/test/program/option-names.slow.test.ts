import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { GROUPS } from '../../src/program/program.ts';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');

function configured(...options: readonly string[]): string {
  const output = join(scratch.folder, 'out.tar');
  const { status, stderr } = layers(['config', demo, ...options, '-o', output, '--force']);
  if (status !== 0) throw new Error(stderr);
  const { image } = JSON.parse(layers(['inspect', '--json', output]).stdout);
  return JSON.stringify([image.tags, image.config]);
}

describe('options of config', () => {
  it.each([
    [
      ['--set-env', 'A=1'],
      ['--env', 'A=1'],
      ['-e', 'A=1'],
    ],
    [
      ['--label', 'a=1'],
      ['--set-label', 'a=1'],
      ['-l', 'a=1'],
    ],
    [
      ['--user', '7'],
      ['--set-user', '7'],
      ['-u', '7'],
    ],
    [
      ['--workdir', '/w'],
      ['--set-workdir', '/w'],
      ['--workingdir', '/w'],
      ['-w', '/w'],
    ],
    [
      ['--expose', '1'],
      ['--set-expose', '1'],
      ['--port', '1'],
      ['-p', '1'],
    ],
    [
      ['--cmd', '["x"]'],
      ['--set-cmd', '["x"]'],
    ],
    [
      ['--tag', 'a:1'],
      ['-t', 'a:1'],
    ],
    [
      ['--set-env', 'A=1', '--set-env', 'B=2'],
      ['-e', 'A=1', '--env=B=2'],
    ],
  ])('%j has other names', (own, ...others) => {
    expect(others.map((options) => configured(...options))).toEqual(others.map(() => configured(...own)));
  });

  it('have both forms, except for the platform', () => {
    const options = GROUPS.flatMap(({ commands }) => commands).find(({ name }) => name === 'config')?.options;
    const names = (options ?? []).flatMap(({ flags, otherNames = [] }) => [flags, ...otherNames]);
    expect(names.filter((name) => name.startsWith('--set-')).length).toBeGreaterThan(14);
    expect(names).not.toContain('--platform');
  });
});
