import { BinaryFields } from '../binary-fields.js';
import { readRange } from '../file-ranges.js';
import type { RandomAccessFile } from '../language-package.js';
import { MalformedFile, unlessMalformed } from '../malformed-file.js';
import { type Executable, MAX_PARTS, type Section, type Segment } from './executable.js';

const PT_LOAD = 1;
const PF_X = 1;
const PF_W = 2;
const SHT_NOBITS = 8;

/** The limit of the names of all sections in bytes. */
const MAX_NAMES = 256 * 1024;

/** The positions of fields for one size of words (System V ABI, chapters 4 and 5). */
interface Form {
  readonly word: 4 | 8;
  readonly headerBytes: number;
  /** Of the header: e_phoff, e_shoff, e_phentsize. e_phnum, e_shentsize, e_shnum and e_shstrndx follow. */
  readonly programs: number;
  readonly sections: number;
  readonly counts: number;
  /** Of a program header. */
  readonly program: {
    readonly bytes: number;
    readonly flags: number;
    readonly offset: number;
    readonly address: number;
    readonly fileBytes: number;
  };
  /** Of a section header. */
  readonly section: {
    readonly bytes: number;
    readonly address: number;
    readonly offset: number;
    readonly size: number;
  };
}

const ELF_32: Form = {
  word: 4,
  headerBytes: 52,
  programs: 28,
  sections: 32,
  counts: 42,
  program: { bytes: 32, flags: 24, offset: 4, address: 8, fileBytes: 16 },
  section: { bytes: 40, address: 12, offset: 16, size: 20 },
};

const ELF_64: Form = {
  word: 8,
  headerBytes: 64,
  programs: 32,
  sections: 40,
  counts: 54,
  program: { bytes: 56, flags: 4, offset: 8, address: 16, fileBytes: 32 },
  section: { bytes: 64, address: 16, offset: 24, size: 32 },
};

/** Reads the layout of an ELF file, which may be without section headers. Throws MalformedFile. */
export function readElf(file: RandomAccessFile): Executable {
  const ident = readRange(file, 0, 16);
  const form = ident[4] === 2 ? ELF_64 : ELF_32;
  const isLittleEndian = ident[5] !== 2;
  const header = new BinaryFields(readRange(file, 0, form.headerBytes), isLittleEndian);
  const table = (position: number, entryBytes: number, count: number): BinaryFields[] => {
    if (count > MAX_PARTS) throw new MalformedFile('the file has too many headers');
    const bytes = readRange(file, position, entryBytes * count);
    return Array.from({ length: count }, (_, index) => {
      return new BinaryFields(bytes.subarray(index * entryBytes, (index + 1) * entryBytes), isLittleEndian);
    });
  };
  const programs = table(
    header.word(form.programs, form.word),
    header.u16(form.counts),
    header.u16(form.counts + 2),
  );
  const loads: { readonly segment: Segment; readonly flags: number }[] = [];
  for (const program of programs) {
    if (program.u32(0) !== PT_LOAD) continue;
    const segment = unlessMalformed(() => segmentOf(program, form), null);
    if (segment !== null) loads.push({ segment, flags: program.u32(form.program.flags) });
  }
  const readSections = (): Section[] => {
    const headers = table(
      header.word(form.sections, form.word),
      header.u16(form.counts + 4),
      header.u16(form.counts + 6),
    );
    return namedSections(file, headers, header.u16(form.counts + 8), form);
  };
  return {
    file,
    isLittleEndian,
    sections: unlessMalformed(readSections, []),
    segments: loads.map(({ segment }) => segment),
    data: loads.find(({ flags }) => (flags & (PF_W | PF_X)) === PF_W)?.segment ?? null,
  };
}

function segmentOf(program: BinaryFields, { program: at, word }: Form): Segment {
  return {
    address: program.word(at.address, word),
    position: program.word(at.offset, word),
    size: program.word(at.fileBytes, word),
  };
}

function namedSections(
  file: RandomAccessFile,
  headers: readonly BinaryFields[],
  namesIndex: number,
  { section: at, word }: Form,
): Section[] {
  const names = headers[namesIndex];
  if (names === undefined) return [];
  const namesBytes = names.word(at.size, word);
  if (namesBytes > MAX_NAMES) return [];
  const texts = new BinaryFields(readRange(file, names.word(at.offset, word), namesBytes), true);
  const sections: Section[] = [];
  for (const header of headers) {
    // A section without bytes in the file has a position all the same.
    if (header.u32(4) === SHT_NOBITS) continue;
    const section = unlessMalformed(
      () => ({
        name: texts.text(header.u32(0), 64),
        address: header.word(at.address, word),
        position: header.word(at.offset, word),
        size: header.word(at.size, word),
      }),
      null,
    );
    if (section !== null) sections.push(section);
  }
  return sections;
}
