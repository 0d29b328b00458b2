import type { CheckReport, CheckResult } from '@layers/insight/check';
import { escapeForTerminal } from '../../output/escape.js';
import { evidenceLine, imageName } from './evidence-text.js';

/**
 * Returns a report as JUnit XML: a test case for each budget. It has no times, so that the same image gives the same bytes.
 */
export function junitXml(report: CheckReport): string {
  const { results, totals } = report;
  const counts = `tests="${results.length}" failures="${totals.fail}" errors="0"`;
  const name = attribute(`layers check ${imageName(report)}`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="layers check" ${counts}>`,
    `  <testsuite name=${name} ${counts} skipped="${totals.skip}">`,
    ...results.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(result: CheckResult): string {
  const { rule, title, level, reason } = result;
  const start = `    <testcase classname="layers.check" name=${attribute(`${rule}: ${escapeForTerminal(title)}`)}`;
  const message = escapeForTerminal(reason);
  if (level === 'pass') return `${start}/>`;
  const body =
    level === 'skip'
      ? `<skipped message=${attribute(message)}/>`
      : level === 'fail'
        ? `<failure type=${attribute(rule)} message=${attribute(message)}>${lines(result)}</failure>`
        : `<system-out>${content(`warning: ${message}\n`)}${lines(result)}</system-out>`;
  return `${start}>\n      ${body}\n    </testcase>`;
}

/** JUnit has no warnings: they are output of a case that passes. */
function lines({ evidence, moreEvidence }: CheckResult): string {
  const more = moreEvidence === 0 ? [] : [`and ${moreEvidence} more`];
  return content([...evidence.map(evidenceLine), ...more].join('\n'));
}

function attribute(text: string): string {
  return `"${content(text).replaceAll('"', '&quot;')}"`;
}

/** Characters that XML 1.0 does not allow, not even as references. The others that mislead are escaped before. */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function content(text: string): string {
  return (
    text
      .replace(NOT_IN_XML, '\u{fffd}')
      .replaceAll('&', '&amp;')
      // In a log of GitHub, this would begin a workflow command.
      .replaceAll('##[', '#&#35;[')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  );
}
