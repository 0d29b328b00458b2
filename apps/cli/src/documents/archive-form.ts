/** The format of written images. */
export const ARCHIVE_FORMATS = ['hybrid', 'docker', 'oci', 'oci-dir'] as const;
export type OutputFormat = (typeof ARCHIVE_FORMATS)[number];

/** The compression of an archive as a whole. */
export const ARCHIVE_COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;
export type ArchiveCompression = (typeof ARCHIVE_COMPRESSIONS)[number];

/** The compression of an archive as a whole; null for none. */
export type WholeCompression = Exclude<ArchiveCompression, 'none'> | null;
