import { needs, needsThat } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareApkVersions } from '../../src/distro/apk/apk-version.ts';
import { compareDpkgVersions } from '../../src/distro/dpkg/dpkg-version.ts';
import { compareRpmVersions } from '../../src/distro/rpm/rpm-version.ts';
import { askApk, askDpkg, askRpm, findApk, type Pair } from './support/tools.ts';
import { APK_VERSIONS, DPKG_VERSIONS, RPM_VERSIONS } from './support/version-tables.ts';

/** A version as a row of parts, each of which may be empty. */
type Parts = fc.Arbitrary<string[]>;

const rowOf = (...parts: fc.Arbitrary<string>[]): Parts => fc.tuple(...parts);
const maybe = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom('', ...texts);
const times = (count: number, part: fc.Arbitrary<string>): fc.Arbitrary<string>[] => Array(count).fill(part);

/** Two versions, the second of which has most of its parts from the first one. */
const pairOf = (parts: Parts, isVersion: (text: string) => boolean): fc.Arbitrary<Pair> =>
  fc
    .tuple(parts, parts, fc.array(fc.nat(9), { minLength: 20, maxLength: 20 }))
    .map(
      ([a, b, dice]): Pair => [
        a.join(''),
        a.map((part, i) => (dice[i] === 0 ? (b[i] ?? '') : part)).join(''),
      ],
    )
    .filter(([a, b]) => isVersion(a) && isVersion(b));

const NUMBERS = ['0', '1', '2', '9', '10', '007', '99999999999999999999'];
const debian = rowOf(
  maybe('0:', '1:', '10:'),
  fc.constantFrom(...NUMBERS),
  ...times(6, maybe(...NUMBERS, '.', '+', '~', '-', 'a', 'b', 'Z', 'rc')),
  maybe('-0', '-1', '-~', '-a'),
  ...times(4, maybe('0', '1', '~', '+', '.', 'b', 'deb12u')),
);
const rpm = rowOf(
  maybe('0:', '1:', '10:'),
  fc.constantFrom(...NUMBERS, 'a', '~'),
  ...times(6, maybe(...NUMBERS, '.', '_', '+', '~', '^', 'a', 'b', 'Z', 'rc')),
  maybe('-0', '-1', '-~', '-^', '-a'),
  ...times(4, maybe('0', '1', '~', '^', '.', 'b', 'el9')),
);
// Where apk-tools 2 and 3 differ, 3 is followed: here are none of the forms that they take in different ways.
const suffix = ['_alpha', '_beta', '_pre', '_rc', '_cvs', '_svn', '_git', '_hg', '_p'].flatMap((text) =>
  ['', '1', '2', '10', '20210101'].map((number) => text + number),
);
const alpine = rowOf(
  fc.constantFrom('0', '1', '2', '10', '01'),
  ...times(3, maybe('.0', '.1', '.2', '.9', '.10')),
  maybe('a', 'b', 'z'),
  ...times(2, maybe(...suffix)),
  fc.constantFrom('-r0', '-r1', '-r2', '-r10'),
);

const apk = findApk(useScratch().folder);
const NO_APK = 'apk not found (it is part of Alpine)';
const systems = [
  {
    name: 'dpkg',
    table: DPKG_VERSIONS,
    options: needs('dpkg'),
    pairs: pairOf(debian, (text) => !text.endsWith('-')),
    ours: compareDpkgVersions,
    ask: askDpkg,
  },
  {
    name: 'rpm',
    table: RPM_VERSIONS,
    options: needs('rpm'),
    pairs: pairOf(rpm, () => true),
    ours: compareRpmVersions,
    ask: askRpm,
  },
  {
    name: 'apk',
    table: APK_VERSIONS,
    options: needsThat(apk !== undefined, NO_APK),
    pairs: pairOf(alpine, () => true),
    ours: compareApkVersions,
    ask: (pairs: readonly Pair[]) => askApk(apk?.command ?? [], pairs),
  },
];

describe.each(systems)('the order of versions of $name', ({ options, table, pairs, ours, ask }) => {
  test('is the order of the tool', options, () => {
    const differing = (asked: readonly Pair[]): unknown[] => {
      const theirs = ask(asked);
      return asked
        .map((pair, i) => ({ pair, ours: Math.sign(ours(...pair)), theirs: theirs[i] }))
        .filter((result) => result.ours !== result.theirs);
    };
    expect(ask(table.map(([a, , b]) => [a, b]))).toEqual(
      table.map(([, order]) => ['<', '=', '>'].indexOf(order) - 1),
    );
    for (let round = 0; round < runs(2, 50); round++) {
      expect(differing(fc.sample(pairs, 200))).toEqual([]);
    }
  });
});
