import { expect, test } from 'vitest';
import { junitXml } from '../../../src/render/check-reports/junit.ts';
import { evidenceOf, HOSTILE_NAMES, reportOf, resultOf } from '../../support/check-report.ts';

test('each budget is a test case; a warning is output of one that passes', () => {
  const report = reportOf([
    resultOf({ moreEvidence: 3 }),
    resultOf({
      rule: 'layers',
      title: 'layers',
      level: 'warn',
      reason: 'the image has 3 layers',
      evidence: [],
    }),
    resultOf({ rule: 'user', title: 'user', level: 'pass', evidence: [] }),
    resultOf({
      rule: 'growth',
      title: 'growth',
      level: 'skip',
      reason: 'no image to compare with',
      evidence: [],
    }),
  ]);
  expect(junitXml(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="layers check" tests="4" failures="1" errors="0">
  <testsuite name="layers check app:1" tests="4" failures="1" errors="0" skipped="1">
    <testcase classname="layers.check" name="wasted-bytes: wasted bytes">
      <failure type="wasted-bytes" message="1 MB is wasted, more than 500 kB">/var/cache/a: 1 MB, deleted; stored by layer 0, layer 1: RUN make
and 3 more</failure>
    </testcase>
    <testcase classname="layers.check" name="layers: layers">
      <system-out>warning: the image has 3 layers
</system-out>
    </testcase>
    <testcase classname="layers.check" name="user: user"/>
    <testcase classname="layers.check" name="growth: growth">
      <skipped message="no image to compare with"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test.each(HOSTILE_NAMES)('the name %j opens and ends nothing', (path) => {
  const xml = junitXml(
    reportOf([resultOf({ reason: path, evidence: [evidenceOf({ path, instruction: path, note: path })] })], {
      image: { ...reportOf([]).image, tags: [path] },
    }),
  );
  const tags = [...xml.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));
  expect(tags).toEqual([
    '<?xml version="" encoding=""?>',
    '<testsuites name="" tests="" failures="" errors="">',
    '<testsuite name="" tests="" failures="" errors="" skipped="">',
    '<testcase classname="" name="">',
    '<failure type="" message="">',
    '</failure>',
    '</testcase>',
    '</testsuite>',
    '</testsuites>',
  ]);
  expect(xml).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#35;\[)/);
  expect(xml).not.toContain('##[');
  expect(xml).not.toMatch(/[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u);
});
