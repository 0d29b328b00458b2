const BUILDKIT = '# buildkit';

/**
 * The instruction in a history's `created_by` without what the builders add: docker's `/bin/sh -c #(nop) `
 * (also of other shells) before instructions other than RUN, `/bin/sh -c ` before commands, BuildKit's
 * `# buildkit` behind. The rest stays as it is, control characters included.
 */
export function cleanInstruction(createdBy: string): string {
  let instruction = createdBy.trim();
  if (instruction.endsWith(BUILDKIT)) instruction = instruction.slice(0, -BUILDKIT.length).trimEnd();
  const marked = /^[^\n#]{0,200}(?: -c| \/c| -command) #\(nop\)/i.exec(instruction);
  if (marked !== null) return instruction.slice(marked[0].length).trimStart();
  const shell = /^(RUN )?\/bin\/sh -c\s/.exec(instruction);
  if (shell !== null) return (shell[1] ?? '') + instruction.slice(shell[0].length).trimStart();
  return instruction;
}

/** The instruction with the sums that docker writes for copied files cut short: `ADD file:a41bb43… in /`. */
export function shortInstruction(createdBy: string): string {
  return cleanInstruction(createdBy).replace(/\b(file|dir|multi):([0-9a-f]{7})[0-9a-f]{57}\b/g, '$1:$2…');
}
