import type { Check, VerifyDocument } from '@layers/core/analysis';
import { escapeForTerminal } from '../output/escape.js';
import { counted, shortDigest } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';

/** Renders every check, the reasons of failed ones, and the result. */
export function* renderVerify(document: VerifyDocument, view: View): Generator<string> {
  const { checks, findings, verified } = document;
  const columns = [
    { title: 'object', cut: 'middle', least: 20 },
    { title: 'check' },
    { title: 'declared', cut: 'end', least: 12, omit: 1 },
    { title: '' },
  ] as const;
  yield* table(
    view,
    columns,
    checks.map((check) => checkRow(check, view)),
  );
  const wrong = checks.filter(({ ok }) => !ok);
  if (wrong.length > 0) yield '\n';
  for (const check of wrong) {
    yield `${view.colours.red('wrong:')} ${escapeForTerminal(check.message ?? sentence(check))}\n`;
  }
  yield* findingsSection(findings, view);
  yield `\n${answer(verified, checks.length, wrong.length, view)}\n`;
}

function checkRow({ subject, kind, declared, ok }: Check, view: View): (Cell | string)[] {
  const { colours } = view;
  const text = declared === null ? '' : view.truncate ? shortDigest(declared) : declared;
  return [
    escapeForTerminal(subject),
    kind,
    escapeForTerminal(text),
    ok ? { text: 'ok', paint: colours.green } : { text: 'WRONG', paint: colours.red },
  ];
}

function sentence({ subject, kind, declared, computed }: Check): string {
  const is = `the ${kind} of ${subject} is ${computed ?? 'unknown'}`;
  return declared === null ? is : `${is}; ${declared} is declared`;
}

function answer(verified: boolean, checks: number, wrong: number, { colours }: View): string {
  if (verified) return `${colours.green('verified')}: ${counted(checks, 'check passed', 'checks passed')}`;
  return `${colours.red('not verified')}: ${wrong} of ${counted(checks, 'check')} failed`;
}
