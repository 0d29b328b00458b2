import { describe, expect, it } from 'vitest';
import { foreignCommandHint } from '../../src/program/foreign-commands.ts';
import { GROUPS } from '../../src/program/program.ts';

const records = GROUPS.flatMap(({ commands }) => commands);

describe('a command of another tool', () => {
  it.each([
    [['list'], 'layers images'],
    [['show', 'app.tar'], 'layers inspect'],
    [['image', 'untag', 'app'], 'layers rmi'],
    [['flatten', 'app.tar'], 'layers squash'],
    [['unpack'], 'layers extract'],
    [['copy', 'a', 'b'], 'layers repack'],
  ])('%j leads to %s', (args, command) => {
    expect(foreignCommandHint(args)).toContain(command);
  });

  it.each(['pull', 'push', 'ps', 'login', 'digest', 'build'])('%s is reported as not supported', (name) => {
    expect(foreignCommandHint([name])).toMatch(/^layers does not /);
  });

  it('is neither a command of ours nor listed twice', () => {
    const names = records.flatMap(({ otherNames = [] }) => otherNames);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => records.some((record) => record.name === name))).toEqual([]);
    expect(foreignCommandHint(['inspct'])).toBeUndefined();
    expect(foreignCommandHint(['image', 'lss'])).toBeUndefined();
    expect(foreignCommandHint(['constructor'])).toBeUndefined();
    expect(foreignCommandHint([])).toBeUndefined();
  });
});
