import { join } from 'node:path';
import { needs } from '@layers/testing/needs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { push, walk } from './support/read.ts';
import { run } from './support/tools.ts';
import { type Fact, factsIn, factsOf, makeTree, temporaryFolder } from './support/tree.ts';

describe('a tar written by bsdtar', needs('bsdtar'), () => {
  const temporary = temporaryFolder();
  const plain = join(temporary.path, 'plain');
  const odd = join(temporary.path, 'odd');
  beforeAll(() => {
    run('mkdir', [plain, odd]);
    makeTree(plain, false);
    makeTree(odd, true);
  });
  afterAll(temporary.remove);

  const read = (...args: readonly string[]) => {
    const bytes = new Uint8Array(run('bsdtar', ['-cf', '-', ...args]));
    const walked = walk(bytes);
    expect(walked.error).toBeNull();
    expect(push(bytes, [1000]).entries).toEqual(walked.entries);
    return walked;
  };

  it.each(['v7', 'ustar', 'gnutar', 'pax'])('in format %s has all files and attributes', (format) => {
    const { entries, warnings } = read(`--format=${format}`, '-C', plain, '.');
    const facts = factsOf(plain);
    for (const fact of facts.values()) if (format !== 'pax') fact.mtimeNs = 0;
    expect(warnings).toEqual([]);
    expect(factsIn(entries)).toEqual(facts);
  });

  it('in format pax has long names, non-ASCII names and distant times', () => {
    const { entries, warnings } = read('--format=pax', '-C', odd, '.');
    const facts = factsOf(odd);
    // bsdtar writes -1.25, which is -2 s and 750 ms, as "-2.75".
    Object.assign(facts.get('./d/size-1') ?? {}, { mtime: -3, mtimeNs: 250_000_000 });
    expect(warnings).toEqual([]);
    expect(factsIn(entries)).toEqual(facts);
  });

  it('in format gnutar has long and non-ASCII names', () => {
    const { entries, warnings } = read('--format=gnutar', '-C', odd, '.');
    // bsdtar truncates times that do not fit octal.
    const timeless = (facts: ReadonlyMap<string, Fact>) =>
      new Map([...facts].map(([name, fact]) => [name, { ...fact, mtime: 0, mtimeNs: 0 }]));
    expect(warnings).toEqual([]);
    expect(timeless(factsIn(entries))).toEqual(timeless(factsOf(odd)));
  });
});
