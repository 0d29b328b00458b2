const BUILDKIT = '# buildkit';

/**
 * Returns the instruction in `created_by` of a history without the additions of builders: docker's
 * `/bin/sh -c #(nop) ` (also of other shells) before instructions other than RUN, `/bin/sh -c ` before commands, and
 * BuildKit's `# buildkit` at the end. Keeps the rest unchanged, control characters included.
 */
export function cleanInstruction(createdBy: string): string {
  let instruction = createdBy.trim();
  if (instruction.endsWith(BUILDKIT)) instruction = instruction.slice(0, -BUILDKIT.length).trimEnd();
  const prefix = /^[^\n#]{0,200}(?: -c| \/c| -command) #\(nop\)/i.exec(instruction);
  if (prefix !== null) return instruction.slice(prefix[0].length).trimStart();
  const shell = /^(RUN )?\/bin\/sh -c\s/.exec(instruction);
  if (shell !== null) return (shell[1] ?? '') + instruction.slice(shell[0].length).trimStart();
  return instruction;
}

/** Returns the instruction with shortened hashes of copied files: `ADD file:a41bb43… in /`. */
export function shortInstruction(createdBy: string): string {
  return cleanInstruction(createdBy).replace(/\b(file|dir|multi):([0-9a-f]{7})[0-9a-f]{57}\b/g, '$1:$2…');
}
