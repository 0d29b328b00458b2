/** Thrown for a file that violates its format or a limit. Readers convert it to no packages, so it never leaves them. */
export class MalformedFile extends Error {
  override name = 'MalformedFile';
}

/** Returns what `read` returns, or `otherwise` for a file that violates its format. */
export function unlessMalformed<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedFile) return otherwise;
    throw error;
  }
}
