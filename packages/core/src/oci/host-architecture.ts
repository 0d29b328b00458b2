/** Returns the architecture of this machine, as Node names it. */
export function hostArchitecture(): string {
  return process.arch;
}
