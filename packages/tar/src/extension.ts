import { LayersError } from '@layers/errors';

/**
 * The largest extension header that is read or written, in bytes. Linux limits paths to 4,096 bytes and xattrs to
 * 65,536; Go's reader, and so Docker, refuses larger headers than this.
 */
export const MAX_EXTENSION_BYTES = 1 << 20;

export const TYPE_PAX_LOCAL = 0x78;
export const TYPE_PAX_GLOBAL = 0x67;
export const TYPE_GNU_LONG_NAME = 0x4c;
export const TYPE_GNU_LONG_LINK = 0x4b;
export const TYPE_GNU_SPARSE = 0x53;

/** Returns whether a header of this type describes the entry after it. */
export function isExtension(typeflag: number): boolean {
  return (
    typeflag === TYPE_PAX_LOCAL ||
    typeflag === TYPE_PAX_GLOBAL ||
    typeflag === TYPE_GNU_LONG_NAME ||
    typeflag === TYPE_GNU_LONG_LINK
  );
}

/** Throws ERR_LAYERS_TAR_EXTENSION_TOO_LARGE for an extension header of more than MAX_EXTENSION_BYTES. */
export function checkExtensionSize(size: number, offset: number): void {
  if (size <= MAX_EXTENSION_BYTES) return;
  throw new LayersError(
    'ERR_LAYERS_TAR_EXTENSION_TOO_LARGE',
    `the extension header at byte ${offset} has ${size} bytes; the limit is ${MAX_EXTENSION_BYTES}`,
    { offset, hint: 'the tar archive is damaged or malicious' },
  );
}
