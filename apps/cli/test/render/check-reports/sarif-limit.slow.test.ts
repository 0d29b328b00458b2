import { expect, test } from 'vitest';
import { sarifLog } from '../../../src/render/check-reports/sarif.ts';
import { evidenceOf, reportOf, resultOf } from '../../support/check-report.ts';

test('a SARIF log has as many results as GitHub accepts, and tells how many are left out', () => {
  const evidence = Array.from({ length: 25_003 }, (_, i) => evidenceOf({ path: `/${i}` }));
  const { results, invocations } = JSON.parse(sarifLog(reportOf([resultOf({ evidence })]), '1.2.3')).runs[0];
  expect(results).toHaveLength(25_000);
  expect(invocations[0]?.toolExecutionNotifications[0]?.message.text).toMatch(/^3 results are left out/);
});
