import { BinaryFields } from '../binary-fields.js';
import { readRange } from '../file-ranges.js';
import type { RandomAccessFile } from '../language-package.js';
import { MalformedFile } from '../malformed-file.js';
import { type Executable, MAX_PARTS, type Section } from './executable.js';

const PE_SIGNATURE = 0x4550;
const PE_32_PLUS = 0x20b;
const COFF_HEADER_BYTES = 24;
const SECTION_BYTES = 40;
const ALIGNMENT_FLAGS = 0x600000;
/** Initialised data that can be read and written, and is not discarded. */
const DATA_FLAGS = 0xc000_0040;

/** Reads the layout of a PE file (Microsoft PE and COFF specification). Throws MalformedFile. */
export function readPe(file: RandomAccessFile): Executable {
  const start = new BinaryFields(readRange(file, 0, 64), true).u32(60);
  const coff = new BinaryFields(readRange(file, start, COFF_HEADER_BYTES), true);
  const count = coff.u16(6);
  if (coff.u32(0) !== PE_SIGNATURE || count > MAX_PARTS) throw new MalformedFile('this is not a PE file');
  const optionalBytes = coff.u16(20);
  const optional = new BinaryFields(readRange(file, start + COFF_HEADER_BYTES, optionalBytes), true);
  const imageBase = optional.u16(0) === PE_32_PLUS ? optional.u64(24) : optional.u32(28);
  const table = readRange(file, start + COFF_HEADER_BYTES + optionalBytes, count * SECTION_BYTES);
  const sections: Section[] = [];
  let data: Section | null = null;
  for (let at = 0; at < table.length; at += SECTION_BYTES) {
    const header = new BinaryFields(table.subarray(at, at + SECTION_BYTES), true);
    const section = {
      name: header.text(0, 8),
      address: imageBase + header.u32(12),
      position: header.u32(20),
      size: header.u32(16),
    };
    sections.push(section);
    const flags = (header.u32(36) & ~ALIGNMENT_FLAGS) >>> 0;
    if (data === null && section.size > 0 && flags === DATA_FLAGS) data = section;
  }
  return { file, isLittleEndian: true, sections, segments: sections, data };
}
