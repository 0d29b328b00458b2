import type { Finding } from '@layers/core/findings';
import { ExitStatus } from '../exit-status.js';
import { jsonLines, jsonText } from '../output/json-text.js';
import { type View, viewOf } from '../output/view.js';
import { writeText } from '../output/write-out.js';
import type { ImageFlags, Session } from '../program/session.js';
import { findingsNote } from '../render/findings.js';

export interface Presentation<Document extends { readonly findings: readonly Finding[] }> {
  /** The one document that `--json` prints. */
  readonly document: Document;
  /** What `--jsonl` prints, an object a line, for commands that list. */
  readonly items?: Iterable<object>;
  readonly render: (view: View) => Iterable<string>;
  /**
   * Whether the text shows the findings; if not, damage is reported on standard error. `always`: the findings are the
   * result, in every form.
   */
  readonly showsFindings: boolean | 'always';
  /** Whether the check failed although no image is damaged; called after the output is written. */
  readonly isFailure?: () => boolean;
}

/**
 * Writes a result as text, JSON or JSON lines. The status does not depend on the form: 1 where the check failed, and
 * where the image is damaged, since the output is then incomplete.
 */
export async function present<Document extends { readonly findings: readonly Finding[] }>(
  { document, items, render, showsFindings, isFailure }: Presentation<Document>,
  flags: ImageFlags,
  session: Session,
): Promise<ExitStatus> {
  const { stdout, stderr, env, signal } = session;
  await writeText(stdout, piecesOf(), signal);
  const isShown = showsFindings === 'always' || (showsFindings && asText(flags));
  if (!isShown && flags.quiet !== true) {
    const note = findingsNote(document.findings, viewOf(stderr, env, flags));
    if (note !== '') await writeText(stderr, [note]);
  }
  const isDamaged = document.findings.some(({ severity }) => severity === 'error');
  return isFailure?.() === true || isDamaged ? ExitStatus.failed : ExitStatus.done;

  function piecesOf(): Iterable<string> {
    if (flags.json === true) return jsonText(document);
    if (flags.jsonl === true && items !== undefined) return jsonLines(items);
    return render(viewOf(stdout, env, flags));
  }
}

function asText({ json, jsonl }: ImageFlags): boolean {
  return json !== true && jsonl !== true;
}
