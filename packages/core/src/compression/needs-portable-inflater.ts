/**
 * A signal of an inflater that does not support the data: discard its output, read the source again and use
 * `engine: 'portable'`. Callers of this package never see it, so it has no error code.
 */
export class NeedsPortableInflater extends Error {
  override name = 'NeedsPortableInflater';

  constructor(reason: string) {
    super(`this gzip data requires the portable inflater: ${reason}`);
  }
}
