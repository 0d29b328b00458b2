import type { View } from './view.js';

/**
 * Returns whether a result is printed with its exact names and texts: to programs, and not to terminals, or to pagers that
 * show colours.
 */
export function isExact(
  { colours }: Pick<View, 'colours'>,
  { stdout }: { readonly stdout: { readonly isTTY?: boolean } },
): boolean {
  return stdout.isTTY !== true && !colours.isColorSupported;
}
