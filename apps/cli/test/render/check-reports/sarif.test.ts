import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { sarifLog } from '../../../src/render/check-reports/sarif.ts';
import { evidenceOf, HOSTILE_NAMES, reportOf, resultOf } from '../../support/check-report.ts';

const schema: Record<string, unknown> = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'),
    'utf8',
  ),
);
// It names draft 4, of which it uses nothing that later drafts do not have.
const { $schema: _draft, id: _id, ...rules } = schema;
const ajv = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true, validateFormats: false });
const validate = ajv.compile(rules);

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
    };
    readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly Rule[] } };
  readonly invocations: readonly {
    readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[];
  }[];
  readonly results: readonly Result[];
}

/** Returns the run of a log that is valid by its schema. */
function runOf(report: Parameters<typeof sarifLog>[0]): Run {
  const log: { runs: [Run] } = JSON.parse(sarifLog(report, '1.2.3'));
  expect(ajv.errorsText(validate(log) ? [] : validate.errors)).toBe('No errors');
  return log.runs[0];
}

function uriOf(result: Result | undefined): string | undefined {
  return result?.locations[0]?.physicalLocation.artifactLocation.uri;
}

describe('a SARIF log', () => {
  test('has a result for each place to blame, with the budget as its rule', () => {
    const { results, tool, invocations } = runOf(
      reportOf([
        resultOf({ level: 'pass', rule: 'layers', evidence: [] }),
        resultOf({ evidence: [evidenceOf(), evidenceOf({ path: '/b c', layer: null })], moreEvidence: 4 }),
        resultOf({ level: 'warn', rule: 'user', reason: 'containers run as root', evidence: [] }),
        resultOf({
          level: 'skip',
          rule: 'growth',
          reason: 'no image to compare with is given',
          evidence: [],
        }),
      ]),
    );
    expect(results.map(({ ruleId, level }) => `${ruleId} ${level}`)).toEqual([
      'wasted-bytes error',
      'wasted-bytes error',
      'wasted-bytes error',
      'user warning',
    ]);
    expect(results.every(({ ruleId, ruleIndex }) => tool.driver.rules[ruleIndex]?.id === ruleId)).toBe(true);
    expect(results.map(uriOf)).toEqual(['var/cache/a', 'b%20c', 'app%3A1', 'app%3A1']);
    expect(results[0]?.locations[0]?.logicalLocations?.[0]?.fullyQualifiedName).toBe('layer 1: RUN make');
    expect(results[2]?.message.text).toContain('4 more places are left out');
    expect(invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text)).toEqual([
      'not checked: no image to compare with is given.',
    ]);
  });

  test('has messages without links and placeholders of the image', () => {
    const evil = '[click](https://x) {0} \\[y](0)';
    const items = [
      evidenceOf({ path: null, layer: 0, instruction: evil, note: evil }),
      evidenceOf({ path: `/${evil}` }),
    ];
    const report = reportOf([
      resultOf({ title: evil, reason: evil, evidence: items }),
      resultOf({ level: 'skip', rule: 'growth', title: evil, reason: evil, evidence: [] }),
    ]);
    const { results, invocations, tool } = runOf(report);
    const texts = [
      ...results.map(({ message }) => message.text),
      ...invocations.flatMap(({ toolExecutionNotifications: all }) => all.map(({ message }) => message.text)),
      ...tool.driver.rules.map(({ shortDescription }) => shortDescription.text),
    ];
    expect(texts).toHaveLength(5);
    for (const text of texts) {
      expect(text).toContain('\\[click\\](https://x) {{0}} \\\\\\[y\\](0)');
      // As a viewer reads it: what is escaped is no syntax.
      expect(text.replace(/\\[[\]\\]|\{\{|\}\}/g, '')).not.toMatch(/[[\]{}\\]/);
    }
  });

  test('has fingerprints that stay when the image is built again', () => {
    const prints = (...evidence: Parameters<typeof evidenceOf>) =>
      runOf(reportOf([resultOf({ evidence: [evidenceOf(...evidence)] })])).results[0]?.partialFingerprints;
    const before = prints();
    expect(
      prints({ bytes: 5, layer: 9, instruction: 'RUN other', note: 'deleted; stored by layer 8' }),
    ).toEqual(before);
    expect(prints({ path: '/var/cache/b' })).not.toEqual(before);
    const layer = { path: null, instruction: 'RUN make', layer: 1, note: '9 MB' };
    expect(prints({ ...layer, layer: 2, bytes: 7, note: '8 MB' })).toEqual(prints(layer));
    expect(prints({ ...layer, instruction: 'RUN other' })).not.toEqual(prints(layer));
  });

  test('has different fingerprints for equal places', () => {
    const { results } = runOf(reportOf([resultOf({ evidence: [evidenceOf(), evidenceOf({ layer: 2 })] })]));
    const prints = results.map(({ partialFingerprints }) => Object.values(partialFingerprints)[0]);
    expect(new Set(prints).size).toBe(2);
  });

  test('encodes the bytes of a path that is not UTF-8', () => {
    const bytes = Buffer.from('/a\xff', 'latin1');
    const item = evidenceOf({ path: '/a\ufffd', pathBase64: bytes.toString('base64') });
    expect(uriOf(runOf(reportOf([resultOf({ evidence: [item] })])).results[0])).toBe('a%FF');
  });

  test.each(HOSTILE_NAMES)('has a relative reference for the name %j', (path) => {
    const item = evidenceOf({ path, instruction: path, note: path });
    const { results } = runOf(reportOf([resultOf({ reason: path, evidence: [item] })]));
    const uri = uriOf(results[0]) ?? '';
    expect(uri).toMatch(/^(?:[A-Za-z0-9\-._~/]|%[0-9A-F]{2})+$/);
    expect(decodeURIComponent(uri)).toBe(Buffer.from(path.slice(1)).toString());
    expect(results[0]?.message.text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
