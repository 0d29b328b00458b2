import type { Finding } from '@layers/core/findings';
import { ExitStatus } from '../exit-status.js';
import { escapeForTerminal } from '../output/escape.js';
import { jsonLines } from '../output/json-lines.js';
import { OutputClosed, writeText } from '../output/write-out.js';
import type { Session } from '../session.js';
import { type PresentOptions, present, templateOf } from './present.js';

/** A list of names that arrives in parts. */
export interface NameList<Document> {
  readonly names: AsyncIterable<string>;
  /** What `--jsonl` prints for a name. */
  readonly itemOf: (name: string) => object;
  /** The one document that `--json` prints. */
  readonly documentOf: (names: readonly string[]) => Document;
}

/** Prints names as they arrive, one a line, so that a long list needs little memory; with `--json`, all at the end. */
export async function presentNames<Document extends { readonly findings: readonly Finding[] }>(
  { names, itemOf, documentOf }: NameList<Document>,
  options: PresentOptions,
  session: Session,
): Promise<ExitStatus> {
  const { stdout, signal } = session;
  const template = templateOf(options);
  // A template can align columns, and needs all names for that.
  if (options.json === true || template !== null) {
    const all: string[] = [];
    for await (const name of names) all.push(name);
    const rows = all.map(itemOf);
    return present(
      { document: documentOf(all), rows, render: () => [], showsFindings: true },
      options,
      session,
    );
  }
  const isLines = options.jsonl === true;
  async function* lines(): AsyncGenerator<string> {
    for await (const name of names) {
      if (isLines) yield* jsonLines([itemOf(name)]);
      else yield `${escapeForTerminal(name)}\n`;
    }
  }
  try {
    await writeText(stdout, lines(), signal);
  } catch (error) {
    // `head` reads a part.
    if (!(error instanceof OutputClosed)) throw error;
  }
  return ExitStatus.done;
}
