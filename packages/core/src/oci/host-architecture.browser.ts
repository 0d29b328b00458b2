/** Browsers hide the architecture of the machine, and most images are for this one. */
export function hostArchitecture(): string {
  return 'x64';
}
