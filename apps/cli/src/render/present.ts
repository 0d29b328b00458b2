import { jsonText } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import { ExitStatus } from '../exit-status.js';
import { jsonLines } from '../output/json-lines.js';
import { type View, type ViewOptions, viewOf } from '../output/view.js';
import { escapeForWorkflow, escapePiecesForWorkflow, isWorkflowLog } from '../output/workflow-log.js';
import { OutputClosed, writeNotes, writeText } from '../output/write-out.js';
import type { Session } from '../session.js';
import type { FormattedOptions } from '../template/compiled-format.js';
import { FormatRequest } from '../template/format-request.js';
import { findingsNote, warningsNote } from './findings.js';

/** The form of a result. */
export interface PresentOptions extends ViewOptions {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  /** A template, or another word that the command itself understands. */
  readonly format?: FormatRequest | string;
  /** Whether findings are not reported on standard error. */
  readonly quiet?: boolean;
  /** Whether GitHub Actions reads the output, also where the environment does not tell. */
  readonly github?: boolean;
}

export interface Presentation<Document extends { readonly findings: readonly Finding[] }> {
  /** The one document that `--json` prints. */
  readonly document: Document;
  /** What `--jsonl` prints, an object a line, for commands that list. */
  readonly items?: Iterable<object>;
  /** What `--format` prints a template for, where that is not `items`. */
  readonly rows?: Iterable<object>;
  /** Yields text; bytes where text cannot express them. */
  readonly render: (view: View) => Iterable<string | Uint8Array>;
  /**
   * Whether the text shows the findings; if not, damage is reported on standard error. `always`: the findings are the
   * result, in every form.
   */
  readonly showsFindings: boolean | 'always';
  /** Findings whose warnings are reported on standard error, where the result is text; none by default. */
  readonly warnings?: readonly Finding[];
  /** Whether the check failed although no image is damaged; called after the output is written. */
  readonly isFailure?: () => boolean;
}

/**
 * Writes a result as text, JSON or JSON lines. The status depends neither on the form nor on how much of it is read: 1
 * where the check failed, and where the image is damaged, since the output is then incomplete.
 */
export async function present<Document extends { readonly findings: readonly Finding[] }>(
  { document, items, rows = items, render, showsFindings, warnings = [], isFailure }: Presentation<Document>,
  options: PresentOptions,
  session: Session,
): Promise<ExitStatus> {
  const { stdout, env, signal } = session;
  try {
    await writeText(stdout, piecesOf(), signal);
  } catch (error) {
    // `grep -q` and `head` read a part: the result, and so the status, is the same.
    if (!(error instanceof OutputClosed)) throw error;
  }
  const isShown = showsFindings === 'always' || (showsFindings && asText(options));
  const noted = isShown ? [] : document.findings;
  await noteFindings(noted, asText(options) ? warnings : [], options, session);
  return isFailure?.() === true ? ExitStatus.failed : statusOf(document.findings);

  function piecesOf(): Iterable<string | Uint8Array> {
    const template = templateOf(options);
    if (template !== null) return template.pieces({ document, rows }, formattedOptions(options, session));
    if (options.json === true) return jsonText(document);
    if (options.jsonl === true && items !== undefined) return jsonLines(items);
    const pieces = render(viewOf(stdout, env, options));
    // A text without findings can be a file, whose bytes matter.
    return showsFindings !== false && isRead(options, env) ? escapePiecesForWorkflow(pieces) : pieces;
  }
}

/**
 * Reports the damage and the warnings of an image on standard error, for a command whose output has no room for them.
 * Returns the status, as `present` does.
 */
export async function presentFindings(
  findings: readonly Finding[],
  options: PresentOptions,
  session: Session,
): Promise<ExitStatus> {
  await noteFindings(findings, findings, options, session);
  return statusOf(findings);
}

async function noteFindings(
  damage: readonly Finding[],
  warnings: readonly Finding[],
  options: PresentOptions,
  { stderr, env }: Session,
): Promise<void> {
  if (options.quiet === true) return;
  const view = viewOf(stderr, env, options);
  const lines = [findingsNote(damage, view), warningsNote(warnings, view)];
  const shown = lines.filter((line) => line !== '');
  const notes = isRead(options, env) ? shown.map(escapeForWorkflow) : shown;
  if (notes.length > 0) await writeNotes(stderr, notes);
}

function isRead({ github }: PresentOptions, env: Session['env']): boolean {
  return github === true || isWorkflowLog(env);
}

function statusOf(findings: readonly Finding[]): ExitStatus {
  return findings.some(({ severity }) => severity === 'error') ? ExitStatus.failed : ExitStatus.done;
}

function asText(options: PresentOptions): boolean {
  const { json, jsonl } = options;
  return json !== true && jsonl !== true && templateOf(options) === null;
}

/** Whether the output has all findings, also those that do not matter for what is shown of an image. */
export function showsAllFindings(options: PresentOptions): boolean {
  return options.json === true || templateOf(options) !== null;
}

/** Returns the template that the result is printed with; null where it is printed as usual. */
export function templateOf({ format }: PresentOptions): FormatRequest | null {
  return format instanceof FormatRequest && !format.isUsual ? format : null;
}

/** Returns how a template prints a result. */
export function formattedOptions({ trunc, bytes }: PresentOptions, { stdout }: Session): FormattedOptions {
  return { isTerminal: stdout.isTTY === true, trunc, bytes };
}
