import type { CheckReport, CheckResult } from '@layers/insight/check';
import { escapeForTerminal } from '../../output/escape.js';
import { evidenceLine, gravestFirst } from './evidence-text.js';

/** How many annotations of one kind GitHub shows for a step. */
const MAX_OF_A_KIND = 10;
/** How many paths or layers an annotation names. */
const MAX_EVIDENCE = 5;

/** Returns the workflow commands of GitHub that show budgets that are not kept beside a run. */
export function githubAnnotations({ results }: CheckReport): string {
  const sorted = gravestFirst(results);
  const commands = [
    ...annotations(
      'error',
      sorted.filter(({ level }) => level === 'fail'),
    ),
    ...annotations(
      'warning',
      sorted.filter(({ level }) => level === 'warn'),
    ),
  ];
  return commands.map((command) => `${command}\n`).join('');
}

function annotations(kind: 'error' | 'warning', results: readonly CheckResult[]): string[] {
  // The last one names the rest.
  const shown = results.length > MAX_OF_A_KIND ? results.slice(0, MAX_OF_A_KIND - 1) : results;
  const rest = results.slice(shown.length);
  const commands = shown.map((result) => command(kind, `layers check: ${result.title}`, messageOf(result)));
  if (rest.length === 0) return commands;
  const reasons = rest.map(({ title, reason }) => `${title}: ${escapeForTerminal(reason)}`);
  return [...commands, command(kind, `layers check: ${rest.length} more`, reasons.join('\n'))];
}

function messageOf({ reason, evidence, moreEvidence }: CheckResult): string {
  const shown = evidence.slice(0, MAX_EVIDENCE);
  const left = evidence.length - shown.length + moreEvidence;
  return [
    escapeForTerminal(reason),
    ...shown.map(evidenceLine),
    ...(left > 0 ? [`and ${left} more`] : []),
  ].join('\n');
}

/** Returns a workflow command. The runner decodes what is encoded here, and nothing else. */
function command(kind: 'error' | 'warning', title: string, message: string): string {
  return `::${kind} title=${property(escapeForTerminal(title))}::${data(message)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
