/**
 * Thrown for a package database that violates its format or a limit. `readPackages` converts it to a problem, so it
 * never leaves this module.
 */
export class UnreadableDatabase extends Error {
  override name = 'UnreadableDatabase';
}

/** The limit of packages, more than ten times the largest installations. */
export const MAX_PACKAGES = 200_000;

/** Creates the error for more than MAX_PACKAGES packages. */
export function tooManyPackages(): UnreadableDatabase {
  return new UnreadableDatabase(`it lists more than ${MAX_PACKAGES} packages`);
}
