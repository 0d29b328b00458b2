import type { ReadImage } from '@layers/core/image';
import type { OpenWith } from '@layers/explorer';
import { escapeForTerminal } from '../output/escape.js';
import type { Session } from '../session.js';
import { contentChunks } from './read-content.js';
import { type Content, makeCopy, runEditor, runPager } from './run-program.js';
import { editorOf, pagerOf } from './user-programs.js';

/** The terminal, as another program gets it. */
export interface Lender {
  /** The file descriptor of the keyboard; null where there is none. */
  readonly keyboard: number | null;
  lend<Result>(use: () => Promise<Result>): Promise<Result>;
}

/** A note about what was done. */
interface Outcome {
  readonly text: string;
  readonly isError: boolean;
}

/**
 * Opens a content in the pager or the editor of the user; returns what is to be said about it, safe to show.
 *
 * @throws LayersError as `contentChunks` and `makeCopy`
 */
export async function openWith(
  { program, name, content }: OpenWith,
  image: ReadImage,
  terminal: Lender,
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
    const { problem } = await lend(() => runPager(pager, bytesOf(content, image, signal), signal));
    return problem === null ? null : refused(escapeForTerminal(problem));
  }
  const copy = await makeCopy(name, bytesOf(content, image, signal), signal);
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

async function* bytesOf(content: OpenWith['content'], image: ReadImage, signal: AbortSignal): Content {
  if (content instanceof Uint8Array) yield content;
  else yield* contentChunks(image, content, signal);
}
