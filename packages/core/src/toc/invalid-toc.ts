/** Why a table of contents cannot be used. The layer is then read as any other. */
export class InvalidToc extends Error {
  override readonly name = 'InvalidToc';
}
