/** What a step of the history says. */
export type RecordedStep =
  /** An instruction other than RUN, without its name. */
  | { readonly kind: 'instruction'; readonly name: string; readonly text: string; readonly builder: Builder }
  /** A command, with its shell and its build arguments. `source`: as in the Dockerfile, without a shell. */
  | { readonly kind: 'command'; readonly text: string; readonly builder: Builder }
  /** What no builder of Dockerfiles writes. */
  | { readonly kind: 'other'; readonly text: string };

/** `docker`: the classic builder, and buildah. `source`: kaniko, which records the text of the Dockerfile. */
export type Builder = 'docker' | 'buildkit' | 'source';

const NAMES =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?:\s+|$)/i;

const BUILDKIT = ' # buildkit';

/** Docker's mark of instructions other than RUN, after any shell. */
const NO_OPERATION = /^[^\n#]{0,200}(?: -c| \/c| -command) #\(nop\) ?/i;

/**
 * Parses `created_by` of a step (OCI config.md, "history"), which has no specified form.
 *
 * @param shells the shells of the image, as commands begin with them
 * @param isClassic whether a command without a shell can come from docker's classic builder, which records RUN in exec form
 *   so
 */
export function parseStep(createdBy: string, shells: readonly string[], isClassic: boolean): RecordedStep {
  const isBuildkit = createdBy.endsWith(BUILDKIT);
  const text = isBuildkit ? createdBy.slice(0, -BUILDKIT.length) : createdBy;
  const marked = NO_OPERATION.exec(text);
  const bare = marked === null ? text : text.slice(marked[0].length).trimStart();
  // Without a mark, builders write instructions in capitals.
  const [prefix, name = ''] = NAMES.exec(bare) ?? [];
  if (prefix !== undefined && (marked !== null || name === name.toUpperCase())) {
    const builder = marked !== null ? 'docker' : isBuildkit ? 'buildkit' : 'source';
    return { kind: 'instruction', name: name.toUpperCase(), text: bare.slice(prefix.length), builder };
  }
  if (text.startsWith('RUN ')) {
    return { kind: 'command', text: text.slice(4), builder: isBuildkit ? 'buildkit' : 'source' };
  }
  if (
    /^\|\d+ /.test(text) ||
    shells.some((shell) => text.startsWith(`${shell} `)) ||
    isExec(text, isClassic)
  ) {
    return { kind: 'command', text, builder: 'docker' };
  }
  return { kind: 'other', text: createdBy };
}

/** The shell of a container that was committed, whose history is no command. */
const INTERACTIVE = /^\S*\b(?:ash|bash|dash|fish|ksh|sh|zsh)(?: -[il]+)*$/;

function isExec(text: string, isClassic: boolean): boolean {
  return isClassic && text !== '' && !INTERACTIVE.test(text.trim());
}

/** Returns whether the mark of docker's classic builder is in a history. */
export function isClassicStep(createdBy: string): boolean {
  return NO_OPERATION.test(createdBy);
}
