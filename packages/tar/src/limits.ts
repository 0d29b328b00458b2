import { LayersError } from '@layers/errors';

/**
 * The most bytes an extension header may have: Linux lets no path pass 4,096 bytes and no xattr 65,536, Go's reader,
 * and so Docker, refuses more than this, and an honest header is far below it.
 */
export const MAX_EXTENSION_BYTES = 1 << 20;

export const TYPE_PAX_LOCAL = 0x78;
export const TYPE_PAX_GLOBAL = 0x67;
export const TYPE_GNU_LONG_NAME = 0x4c;
export const TYPE_GNU_LONG_LINK = 0x4b;
export const TYPE_GNU_SPARSE = 0x53;

/** Whether a header of this type speaks of the member after it. */
export function isExtension(typeflag: number): boolean {
  return (
    typeflag === TYPE_PAX_LOCAL ||
    typeflag === TYPE_PAX_GLOBAL ||
    typeflag === TYPE_GNU_LONG_NAME ||
    typeflag === TYPE_GNU_LONG_LINK
  );
}

/** Throws ERR_LAYERS_TAR_EXTENSION_TOO_LARGE for an extension header that no honest writer makes. */
export function checkExtensionSize(size: number, offset: number): void {
  if (size <= MAX_EXTENSION_BYTES) return;
  throw new LayersError(
    'ERR_LAYERS_TAR_EXTENSION_TOO_LARGE',
    `the extension header at offset ${offset} states ${size} bytes; the limit is ${MAX_EXTENSION_BYTES}`,
    { offset, hint: 'the tar is damaged, or made to exhaust memory' },
  );
}
