import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directoryRule, fileRuleIn, mayHaveRule, sharedFileRule } from '../../src/advise/path-rules.ts';

const RULED =
  'apt cache .cache pip .git __pycache__ tests usr lib bin local share llvm-14 go-1.19 python3 python3.11 doc npm .npm _cacache';
const OTHERS =
  'a app node_modules src binary pythonic tests2 llvm- go- python .gitx ruby gems 3.1.0 libexec gcc var include';
const LIBRARIES = 'site-packages dist-packages';

const part = fc.constantFrom(
  ...`${RULED} ${OTHERS} ${LIBRARIES}`.split(' '),
  'l'.repeat(40),
  `python3.${'1'.repeat(40)}`,
);
const real = fc.constantFrom(
  ...['/usr/lib/gcc', '/usr/bin', '/usr/local/bin', '/usr/lib/llvm-14', '/usr/lib/python3/dist-packages'],
  ...['/var/cache/apt', '/root/.cache/pip', '/app/node_modules/a/tests', '/usr/lib/ruby/gems/3.1.0/cache'],
);
const path = fc
  .tuple(fc.oneof(fc.constant(''), real), fc.array(part, { minLength: 1, maxLength: 5 }))
  .map(([start, parts]) => `${start}/${parts.join('/')}`);

test('the name of a directory tells whether it can have rules that its parent does not have', () => {
  let ruled = 0;
  fc.assert(
    fc.property(fc.oneof(path, real), (directory) => {
      const slash = directory.lastIndexOf('/');
      const own = [directoryRule(directory), fileRuleIn(directory)];
      if (own.some((rule) => rule !== null)) ruled++;
      if (mayHaveRule(Buffer.from(directory.slice(slash + 1), 'latin1'))) return;
      const above = slash === 0 ? null : fileRuleIn(directory.slice(0, slash));
      expect(own).toEqual([null, sharedFileRule(above ?? undefined)]);
    }),
    { numRuns: runs(3000, 100_000) },
  );
  expect(ruled).toBeGreaterThan(0);
});
