import { BinaryFields } from '../binary-fields.js';
import { bytesFrom, type Executable, readAddress, type Segment } from '../executables/executable.js';
import { MalformedFile } from '../malformed-file.js';

/** What the linker of Go writes into a program. */
export interface BuildInfo {
  /** Such as `go1.26.0`, or `go1.21.4 X:nocoverageredesign`. */
  readonly goVersion: string;
  /** The lines about modules and settings; empty for programs that were built without modules. */
  readonly modules: string;
}

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const ALIGNMENT = 16;
const HEADER_BYTES = 32;
const POINTER_SIZE = 14;
const FLAGS = 15;
const IS_BIG_ENDIAN = 1;
const IS_INLINE = 2;

/** The names of the section in ELF and Mach-O files. */
const SECTIONS = ['.go.buildinfo', '__go_buildinfo'];

/** How far the data is searched in executables without such a section. The linker places the header near the start. */
const MAX_SEARCH_BYTES = 1024 * 1024;

const MAX_VERSION_BYTES = 1024;
const MAX_MODULES_BYTES = 4 * 1024 * 1024;
const MAX_VARINT_BYTES = 10;

/** The lines about modules stand between two marks. */
const MARK_BYTES = 16;

/** Returns the build info of a program in Go, or null for other programs. Throws MalformedFile. */
export function readBuildInfo(executable: Executable): BuildInfo | null {
  const range = executable.sections.find(({ name }) => SECTIONS.includes(name)) ?? executable.data;
  const address = range === null ? null : findHeader(executable, range);
  if (address === null) return null;
  const header = readAddress(executable, address, HEADER_BYTES);
  const strings =
    ((header[FLAGS] ?? 0) & IS_INLINE) !== 0
      ? inlineStrings(executable, address + HEADER_BYTES)
      : stringsByPointers(executable, header);
  if (strings.version.length === 0) return null;
  return { goVersion: textOf(strings.version), modules: textOf(withoutMarks(strings.modules)) };
}

interface Strings {
  readonly version: Uint8Array;
  readonly modules: Uint8Array;
}

/** Returns the address of the first header at a multiple of 16, or null. */
function findHeader(executable: Executable, { address, size }: Segment): number | null {
  const start = Math.ceil(address / ALIGNMENT) * ALIGNMENT;
  const length = Math.min(address + size - start, bytesFrom(executable, start), MAX_SEARCH_BYTES);
  if (length < HEADER_BYTES) return null;
  const bytes = Buffer.from(readAddress(executable, start, length));
  for (let at = bytes.indexOf(MAGIC); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    if (at % ALIGNMENT === 0) return start + at;
  }
  return null;
}

/** From Go 1.18 on, two strings with their lengths follow the header. */
function inlineStrings(executable: Executable, address: number): Strings {
  const version = inlineString(executable, address, MAX_VERSION_BYTES);
  return { version: version.bytes, modules: inlineString(executable, version.end, MAX_MODULES_BYTES).bytes };
}

function inlineString(
  executable: Executable,
  address: number,
  limit: number,
): { readonly bytes: Uint8Array; readonly end: number } {
  const available = Math.min(MAX_VARINT_BYTES, bytesFrom(executable, address));
  const { value, bytes } = varint(readAddress(executable, address, available));
  if (value > limit) throw new MalformedFile(`a string of ${value} bytes is too long`);
  const start = address + bytes;
  return { bytes: readAddress(executable, start, value), end: start + value };
}

/** Decodes an unsigned number, 7 bits a byte, the lowest first. */
function varint(bytes: Uint8Array): { readonly value: number; readonly bytes: number } {
  let value = 0;
  for (const [index, byte] of bytes.entries()) {
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, bytes: index + 1 };
  }
  throw new MalformedFile('a number does not end');
}

/** Before Go 1.18, the header has the addresses of two strings, each of which is an address and a length. */
function stringsByPointers(executable: Executable, header: Uint8Array): Strings {
  const word = header[POINTER_SIZE];
  if (word !== 4 && word !== 8) throw new MalformedFile('the size of pointers is unknown');
  const isLittleEndian = ((header[FLAGS] ?? 0) & IS_BIG_ENDIAN) === 0;
  const pointers = new BinaryFields(header, isLittleEndian);
  const string = (offset: number, limit: number): Uint8Array => {
    const address = pointers.word(offset, word);
    if (address === 0) return new Uint8Array(0);
    const fields = new BinaryFields(readAddress(executable, address, 2 * word), isLittleEndian);
    const length = fields.word(word, word);
    if (length > limit) throw new MalformedFile(`a string of ${length} bytes is too long`);
    return length === 0 ? new Uint8Array(0) : readAddress(executable, fields.word(0, word), length);
  };
  return { version: string(16, MAX_VERSION_BYTES), modules: string(16 + word, MAX_MODULES_BYTES) };
}

function withoutMarks(modules: Uint8Array): Uint8Array {
  const isMarked = modules.length > 2 * MARK_BYTES && modules.at(-MARK_BYTES - 1) === 0x0a;
  return isMarked ? modules.subarray(MARK_BYTES, -MARK_BYTES) : new Uint8Array(0);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
