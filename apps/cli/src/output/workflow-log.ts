/** The environment that tells whether GitHub Actions reads what a command prints. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Whether GitHub Actions reads the output of this process, and looks for workflow commands in it. */
export function isWorkflowLog(env: Environment): boolean {
  return env['GITHUB_ACTIONS'] === 'true';
}

/** Colours may precede the text of a line. */
const COMMAND = /^((?:[^\S\n]|\x1b\[[\d;]*m)*):(?=:)/gm;
/** The older form, and that of Azure Pipelines. They count in the middle of a line too. */
const OLDER = /##(?=(?:vso)?\[)/gi;

/** Escapes what would begin a workflow command in a log: `\x3a:` for `::`, `\x23#[` for `##[`. */
export function escapeForWorkflow(text: string): string {
  return text.replace(COMMAND, '$1\\x3a').replace(OLDER, '\\x23#');
}

/** Escapes pieces of a text as {@link escapeForWorkflow} does, a whole line at a time. Leaves bytes. */
export function* escapePiecesForWorkflow(
  pieces: Iterable<string | Uint8Array>,
): Generator<string | Uint8Array> {
  let line = '';
  for (const piece of pieces) {
    if (typeof piece !== 'string') {
      if (line !== '') yield escapeForWorkflow(line);
      line = '';
      yield piece;
      continue;
    }
    line += piece;
    const end = line.lastIndexOf('\n') + 1;
    if (end === 0) continue;
    yield escapeForWorkflow(line.slice(0, end));
    line = line.slice(end);
  }
  if (line !== '') yield escapeForWorkflow(line);
}
