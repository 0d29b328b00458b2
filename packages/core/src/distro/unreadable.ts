/**
 * A package database that breaks the rules of its format or a limit. Thrown by the readers of this folder and
 * turned into a problem by `readPackages`; it never leaves the folder.
 */
export class UnreadableDatabase extends Error {
  override name = 'UnreadableDatabase';
}

/** More than ten times what the largest installations have. */
export const MAX_PACKAGES = 200_000;

/** The refusal of a database that lists more than MAX_PACKAGES. */
export function tooManyPackages(): UnreadableDatabase {
  return new UnreadableDatabase(`it lists more than ${MAX_PACKAGES} packages`);
}
