import type { ContentPlace, OpenWith } from '@layers/explorer';
import { escapeForTerminal } from '../output/escape.js';
import type { Session } from '../session.js';
import type { Display } from './display.js';
import { type Content, makeCopy, runEditor, runPager } from './run-program.js';
import { editorOf, pagerOf } from './user-programs.js';

/** A note about what was done. */
interface Outcome {
  readonly text: string;
  readonly isError: boolean;
}

/**
 * Opens a content in the pager or the editor of the user; returns what is to be said about it, safe to show.
 *
 * @param chunks yields the bytes of a content
 * @throws LayersError as `chunks` and `makeCopy`
 */
export async function openWith(
  { program, name, content }: OpenWith,
  chunks: (place: ContentPlace) => Content,
  terminal: Pick<Display, 'keyboard' | 'lend'>,
  { env, leaveKeyboard }: Session,
  signal: AbortSignal,
): Promise<Outcome | null> {
  const { keyboard } = terminal;
  const refused = (text: string): Outcome => ({ text, isError: true });
  if (keyboard === null) return refused('there is no terminal for another program');
  const lend = <Result>(use: () => Promise<Result>): Promise<Result> =>
    terminal.lend(() => (leaveKeyboard === undefined ? use() : leaveKeyboard(use)));
  if (program === 'pager') {
    const pager = pagerOf(env);
    if (pager === null) return refused('PAGER is cat, which is none: Enter shows the file');
    const { problem } = await lend(() => runPager(pager, bytesOf(content, chunks), signal));
    return problem === null ? null : refused(escapeForTerminal(problem));
  }
  const copy = await makeCopy(name, bytesOf(content, chunks), signal);
  let isChanged = false;
  try {
    const problem = await lend(async () => {
      const ended = await runEditor(editorOf(env), copy.path, { keyboard, signal });
      isChanged = await copy.isChanged();
      return ended.problem;
    });
    if (isChanged)
      return { text: `the image stays as it is; your copy: ${escapeForTerminal(copy.path)}`, isError: false };
    return problem === null ? null : refused(escapeForTerminal(problem));
  } finally {
    copy.end(isChanged);
  }
}

async function* bytesOf(
  content: OpenWith['content'],
  chunks: (place: ContentPlace) => Content,
): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) yield content;
  else yield* chunks(content);
}
