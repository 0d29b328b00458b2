/**
 * Returns whether a position of a step of the history is in a build argument: in the list that builders put before the
 * command of a RUN instruction (`|2 USER=me TOKEN=… /bin/sh -c make`), or in an ARG instruction with a default.
 */
export function isInBuildArgument(createdBy: string, position: number): boolean {
  const list = /^(?:RUN )?\|\d{1,4} /.exec(createdBy);
  if (list !== null) {
    const shell = createdBy.search(/ (?:\/bin\/\S+|cmd|powershell)(?: \S+){0,3} (?:-c|\/S|-Command)\b/i);
    return position >= list[0].length && (shell === -1 || position < shell);
  }
  return /^(?:\/bin\/sh -c #\(nop\) +)?ARG\s/i.test(createdBy);
}
