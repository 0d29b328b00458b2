import { createHash } from 'node:crypto';
import type { CheckEvidence, CheckReport, CheckResult } from '@layers/insight/check';
import { escapeForTerminal } from '../../output/escape.js';
import { evidenceLine, imageName, layerText } from './evidence-text.js';

/** The most results that GitHub accepts for a run. */
const MAX_RESULTS = 25_000;

/**
 * Returns a report as SARIF 2.1.0: a result for each path, layer or field to blame, with the budget as its rule. The same
 * image gives the same bytes.
 *
 * @param version of the command
 */
export function sarifLog(report: CheckReport, version: string): string {
  const blamed = report.results.filter(({ level }) => level === 'fail' || level === 'warn');
  const results = blamed.flatMap((result) => resultsOf(result, report));
  const cut = results.slice(0, MAX_RESULTS);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'layers',
            version,
            informationUri: 'https://github.com/layers-project/layers',
            rules: report.results.map(({ rule, title }) => ({
              id: rule,
              shortDescription: { text: messageText(`Budget: ${escapeForTerminal(title)}`) },
              helpUri: 'https://github.com/layers-project/layers/blob/main/docs/check.md',
            })),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notifications(report, results.length - cut.length),
          },
        ],
        originalUriBaseIds: { [ROOT]: { description: { text: 'The root file system of the image' } } },
        columnKind: 'utf16CodeUnits',
        results: withFingerprints(cut),
      },
    ],
  };
  // In a log of GitHub, this would begin a workflow command.
  return `${JSON.stringify(log, null, 2).replaceAll('##[', '#\\u0023[')}\n`;
}

const ROOT = 'IMAGEROOT';

/** A result, and what stays the same of it when the image is built again. */
interface Found {
  readonly identity: string;
  readonly result: object;
}

function resultsOf(result: CheckResult, report: CheckReport): Found[] {
  const { rule, level, reason, evidence, moreEvidence } = result;
  const found = (item: CheckEvidence | null, text: string, identity: readonly string[]): Found => ({
    identity: JSON.stringify([rule, ...identity]),
    result: {
      ruleId: rule,
      ruleIndex: report.results.indexOf(result),
      level: level === 'fail' ? 'error' : 'warning',
      message: { text: messageText(`${sentence(reason)}${text}`) },
      locations: [locationOf(item, report)],
      ...(item === null || item.bytes === null ? {} : { properties: { bytes: item.bytes } }),
    },
  });
  if (evidence.length === 0) return [found(null, '', [])];
  return [
    ...evidence.map((item) => found(item, ` ${evidenceLine(item)}`, identityOf(item))),
    ...(moreEvidence === 0 ? [] : [found(null, ` ${moreEvidence} more places are left out.`, ['more', ''])]),
  ];
}

/** Neither sizes nor numbers of layers: they change while the cause stays. */
function identityOf({ path, pathBase64, instruction, note }: CheckEvidence): readonly string[] {
  return path === null ? ['', instruction ?? note] : [pathBase64 ?? path];
}

function withFingerprints(found: readonly Found[]): object[] {
  const seen = new Map<string, number>();
  return found.map(({ identity, result }) => {
    const number = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, number);
    const hash = createHash('sha256').update(identity).digest('hex').slice(0, 32);
    return { ...result, partialFingerprints: { 'ruleAndPlace/v1': `${hash}:${number}` } };
  });
}

/** GitHub shows only results with a file and a line. */
function locationOf(item: CheckEvidence | null, report: CheckReport): object {
  const artifactLocation =
    item === null || item.path === null
      ? { uri: encodedPath(Buffer.from(imageName(report).replace(/^\/+/, ''))) }
      : { uri: encodedPath(pathBytes(item)), uriBaseId: ROOT };
  const physicalLocation = { artifactLocation, region: { startLine: 1 } };
  if (item === null || item.layer === null) return { physicalLocation };
  return {
    physicalLocation,
    logicalLocations: [{ name: `layer ${item.layer}`, fullyQualifiedName: layerText(item), kind: 'layer' }],
  };
}

function pathBytes({ path, pathBase64 }: CheckEvidence): Buffer {
  const bytes = pathBase64 === undefined ? Buffer.from(path ?? '') : Buffer.from(pathBase64, 'base64');
  return bytes[0] === SLASH ? bytes.subarray(1) : bytes;
}

const SLASH = 0x2f;
const UNRESERVED = /[A-Za-z0-9\-._~/]/;

/** Returns a path as a relative reference: a colon would begin a scheme, so that it is encoded too. */
function encodedPath(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    if (UNRESERVED.test(character)) return character;
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

function notifications({ results }: CheckReport, left: number): object[] {
  const skipped = results
    .filter(({ level }) => level === 'skip')
    .map(({ rule, reason }) => ({
      level: 'note',
      message: { text: messageText(`not checked: ${sentence(reason)}`) },
      associatedRule: { id: rule },
    }));
  if (left === 0) return skipped;
  const text = `${left} results are left out: GitHub accepts ${MAX_RESULTS} for a run.`;
  return [...skipped, { level: 'warning', message: { text } }];
}

/**
 * Returns text in which a viewer finds neither a link nor a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6). Brackets and
 * backslashes get a backslash, braces are doubled.
 */
function messageText(text: string): string {
  return text.replace(/[[\]\\]/g, '\\$&').replace(/[{}]/g, '$&$&');
}

function sentence(reason: string): string {
  return `${escapeForTerminal(reason)}.`;
}
