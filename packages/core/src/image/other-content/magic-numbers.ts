/** A format that is neither a tar nor an image, recognised by bytes at a position. */
export interface ForeignFormat {
  /** With its article: `a zip archive`. */
  readonly name: string;
  /** Latin-1: one character for each byte. */
  readonly magic: string;
  /** The position of the magic number. Default: 0. */
  readonly at?: number;
  /** What to do with the file, which is called FILE. */
  readonly advice: string;
}

/** How many bytes of a file are needed to recognise every format. */
export const MAGIC_BYTES = 66 * 1024;

const MOUNT = 'mount it, and archive its files with tar';
const UNPACK = 'extract it first';
const BUILD = 'only images can be read: build one that contains it';
const ENCRYPTED = 'decrypt it first';
const TWICE = 'it is compressed twice: decompress it once';

/** In the order in which they are tried: formats with weak magic numbers come last. */
export const FOREIGN_FORMATS: readonly ForeignFormat[] = [
  // Compressions that cannot be decompressed here.
  { name: 'compressed with lz4', magic: '\x04\x22\x4d\x18', advice: 'decompress it first: lz4 -d FILE' },
  { name: 'compressed with lz4', magic: '\x02\x21\x4c\x18', advice: 'decompress it first: lz4 -d FILE' },
  { name: 'compressed with lzip', magic: 'LZIP', advice: 'decompress it first: lzip -dk FILE' },
  { name: 'compressed with lzop', magic: '\x89LZO\0\r\n', advice: 'decompress it first: lzop -d FILE' },
  { name: 'compressed with compress', magic: '\x1f\x9d', advice: 'decompress it first: gzip -dk FILE' },
  { name: 'compressed with snappy', magic: '\xff\x06\0\0sNaPpY', advice: 'decompress it first' },
  {
    name: 'compressed with lzma',
    magic: '\x5d\0\0',
    advice: 'decompress it first: xz -dk --format=lzma FILE',
  },
  // Compressions that are decompressed once, and here appear below another one.
  { name: 'gzip data', magic: '\x1f\x8b\x08', advice: TWICE },
  { name: 'zstd data', magic: '\x28\xb5\x2f\xfd', advice: TWICE },
  { name: 'xz data', magic: '\xfd7zXZ\0', advice: TWICE },
  { name: 'bzip2 data', magic: 'BZh', advice: TWICE },
  // Archives and packages.
  { name: 'a zip archive', magic: 'PK\x03\x04', advice: `${UNPACK}: unzip FILE` },
  { name: 'a zip archive', magic: 'PK\x05\x06', advice: `${UNPACK}: unzip FILE` },
  { name: 'a zip archive', magic: 'PK\x07\x08', advice: `${UNPACK}: unzip FILE` },
  { name: 'a 7z archive', magic: '7z\xbc\xaf\x27\x1c', advice: `${UNPACK}: 7z x FILE` },
  { name: 'a rar archive', magic: 'Rar!\x1a\x07', advice: `${UNPACK}: 7z x FILE` },
  { name: 'a cabinet archive', magic: 'MSCF', advice: `${UNPACK}: 7z x FILE` },
  { name: 'a cpio archive', magic: '070701', advice: `${UNPACK}: cpio -idF FILE` },
  { name: 'a cpio archive', magic: '070702', advice: `${UNPACK}: cpio -idF FILE` },
  { name: 'a cpio archive', magic: '070707', advice: `${UNPACK}: cpio -idF FILE` },
  { name: 'a cpio archive', magic: '\xc7\x71', advice: `${UNPACK}: cpio -idF FILE` },
  { name: 'a deb package', magic: '!<arch>\ndebian-binary', advice: BUILD },
  { name: 'an ar archive', magic: '!<arch>\n', advice: BUILD },
  { name: 'an rpm package', magic: '\xed\xab\xee\xdb', advice: BUILD },
  { name: 'a Windows image', magic: 'MSWIM\0\0\0', advice: BUILD },
  { name: 'a Singularity image', magic: 'SIF_MAGIC', at: 32, advice: 'build the image for Docker instead' },
  // Disks and file systems.
  { name: 'a qcow2 disk image', magic: 'QFI\xfb', advice: MOUNT },
  { name: 'a VMDK disk image', magic: 'KDMV', advice: MOUNT },
  { name: 'a VHD disk image', magic: 'conectix', advice: MOUNT },
  { name: 'a VHDX disk image', magic: 'vhdxfile', advice: MOUNT },
  { name: 'a VDI disk image', magic: '\x7f\x10\xda\xbe', at: 64, advice: MOUNT },
  { name: 'an ISO 9660 disk image', magic: 'CD001', at: 32_769, advice: MOUNT },
  { name: 'an ISO 9660 disk image', magic: 'CD001', at: 34_817, advice: MOUNT },
  { name: 'a squashfs file system', magic: 'hsqs', advice: `${UNPACK}: unsquashfs FILE` },
  { name: 'a squashfs file system', magic: 'sqsh', advice: `${UNPACK}: unsquashfs FILE` },
  { name: 'an erofs file system', magic: '\xe2\xe1\xf5\xe0', at: 1024, advice: MOUNT },
  { name: 'an ext2, ext3 or ext4 file system', magic: '\x53\xef', at: 1080, advice: MOUNT },
  { name: 'a btrfs file system', magic: '_BHRfS_M', at: 65_600, advice: MOUNT },
  { name: 'an xfs file system', magic: 'XFSB', advice: MOUNT },
  { name: 'a cramfs file system', magic: '\x45\x3d\xcd\x28', advice: MOUNT },
  { name: 'an NTFS file system', magic: 'NTFS    ', at: 3, advice: MOUNT },
  { name: 'a FAT file system', magic: 'FAT1', at: 54, advice: MOUNT },
  { name: 'a FAT file system', magic: 'FAT32   ', at: 82, advice: MOUNT },
  { name: 'a disk image with partitions', magic: 'EFI PART', at: 512, advice: MOUNT },
  { name: 'a disk image with partitions', magic: '\x55\xaa', at: 510, advice: MOUNT },
  // Programs and documents.
  { name: 'an ELF program', magic: '\x7fELF', advice: BUILD },
  { name: 'a WebAssembly module', magic: '\0asm', advice: BUILD },
  { name: 'a macOS program', magic: '\xcf\xfa\xed\xfe', advice: BUILD },
  { name: 'a Java class or a macOS program', magic: '\xca\xfe\xba\xbe', advice: BUILD },
  { name: 'a Windows program', magic: 'MZ', advice: BUILD },
  { name: 'a machine learning model', magic: 'GGUF', advice: BUILD },
  { name: 'a SQLite database', magic: 'SQLite format 3\0', advice: BUILD },
  { name: 'a PDF document', magic: '%PDF-', advice: BUILD },
  { name: 'a PNG picture', magic: '\x89PNG\r\n\x1a\n', advice: BUILD },
  { name: 'a JPEG picture', magic: '\xff\xd8\xff', advice: BUILD },
  { name: 'encrypted with age', magic: 'age-encryption.org/', advice: ENCRYPTED },
  { name: 'encrypted with OpenSSL', magic: 'Salted__', advice: ENCRYPTED },
  { name: 'encrypted with OpenPGP', magic: '-----BEGIN PGP MESSAGE', advice: ENCRYPTED },
  {
    name: 'a pointer of Git LFS, not the file itself',
    magic: 'version https://git-lfs.github.com/spec/',
    advice: 'download the file: git lfs pull',
  },
];
