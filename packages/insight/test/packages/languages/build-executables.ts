/** Writes the numbers of a structure. */
class Fields {
  readonly bytes: Buffer;
  readonly #isLittle: boolean;

  constructor(size: number, isLittle: boolean) {
    this.bytes = Buffer.alloc(size);
    this.#isLittle = isLittle;
  }

  u16(offset: number, value: number): void {
    if (this.#isLittle) this.bytes.writeUInt16LE(value, offset);
    else this.bytes.writeUInt16BE(value, offset);
  }

  u32(offset: number, value: number): void {
    if (this.#isLittle) this.bytes.writeUInt32LE(value, offset);
    else this.bytes.writeUInt32BE(value, offset);
  }

  word(offset: number, value: number, size: 4 | 8): void {
    if (size === 4) this.u32(offset, value);
    else if (this.#isLittle) this.bytes.writeBigUInt64LE(BigInt(value), offset);
    else this.bytes.writeBigUInt64BE(BigInt(value), offset);
  }
}

export interface ExecutableForm {
  readonly word: 4 | 8;
  readonly isLittle: boolean;
}

/** The address of the data of every executable here; the data is at position DATA_POSITION. */
export const DATA_ADDRESS = 0x40_0000;
export const DATA_POSITION = 4096;

/** Executables are padded to this size, as programs of Go are larger. */
const MIN_BYTES = 64 * 1024;

const START_MARK = Buffer.from('3077af0c9274080241e1c107e6d618e6', 'hex');
const END_MARK = Buffer.from('f932433186182072008242104116d8f2', 'hex');

function marked(modules: string): Buffer {
  return Buffer.concat([START_MARK, Buffer.from(modules), END_MARK]);
}

function header(pointerSize: number, flags: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.write('\xff Go buildinf:', 'latin1');
  bytes[14] = pointerSize;
  bytes[15] = flags;
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

/** Build info as Go writes it from 1.18 on. */
export function inlineBuildInfo(version: string, modules: string): Buffer {
  const text = marked(modules);
  return Buffer.concat([
    header(8, 2),
    varint(version.length),
    Buffer.from(version),
    varint(text.length),
    text,
  ]);
}

/** Build info as Go before 1.18 writes it at the start of the data. */
export function pointerBuildInfo(
  version: string,
  modules: string,
  { word, isLittle }: ExecutableForm,
): Buffer {
  const text = marked(modules);
  const strings = 32;
  const texts = strings + 4 * word;
  const fields = new Fields(texts, isLittle);
  header(word, isLittle ? 0 : 1).copy(fields.bytes);
  fields.word(16, DATA_ADDRESS + strings, word);
  fields.word(16 + word, DATA_ADDRESS + strings + 2 * word, word);
  fields.word(strings, DATA_ADDRESS + texts, word);
  fields.word(strings + word, version.length, word);
  fields.word(strings + 2 * word, DATA_ADDRESS + texts + version.length, word);
  fields.word(strings + 3 * word, text.length, word);
  return Buffer.concat([fields.bytes, Buffer.from(version), text]);
}

function placed(parts: readonly (readonly [position: number, bytes: Uint8Array])[]): Buffer {
  const size = Math.max(MIN_BYTES, ...parts.map(([position, bytes]) => position + bytes.length));
  const file = Buffer.alloc(size);
  for (const [position, bytes] of parts) file.set(bytes, position);
  return file;
}

export interface ElfForm extends ExecutableForm {
  /** The name of the section with the data; null for a program without sections. */
  readonly section?: string | null;
  readonly sectionType?: number;
  /** The flags of the segment of the data. */
  readonly flags?: number;
  /** How far the address of the data is from DATA_ADDRESS. */
  readonly shift?: number;
  /** A segment before that of the data. */
  readonly before?: { readonly type: number; readonly flags: number; readonly data: Uint8Array };
}

/** An ELF program with a segment of data, which a section names. */
export function buildElf(data: Uint8Array, form: ElfForm): Buffer {
  const { word, isLittle, section = '.go.buildinfo', sectionType = 1, flags = 6, shift = 0, before } = form;
  const [headerBytes, programBytes, sectionBytes] = word === 8 ? [64, 56, 64] : [52, 32, 40];
  const address = DATA_ADDRESS + shift;
  const head = new Fields(headerBytes, isLittle);
  head.bytes.set([0x7f, 0x45, 0x4c, 0x46, word === 8 ? 2 : 1, isLittle ? 1 : 2, 1]);
  head.u16(16, 2);
  const segments = [
    ...(before === undefined ? [] : [{ ...before, position: 8192, address: 2 * DATA_ADDRESS }]),
    { type: 1, flags, data, position: DATA_POSITION, address },
  ];
  const programs = segments.map((segment) => {
    const program = new Fields(programBytes, isLittle);
    program.u32(0, segment.type);
    program.u32(word === 8 ? 4 : 24, segment.flags);
    program.word(word === 8 ? 8 : 4, segment.position, word);
    program.word(word === 8 ? 16 : 8, segment.address, word);
    program.word(word === 8 ? 32 : 16, segment.data.length, word);
    return program.bytes;
  });
  head.word(word === 8 ? 32 : 28, headerBytes, word);
  const counts = word === 8 ? 54 : 42;
  head.u16(counts, programBytes);
  head.u16(counts + 2, programs.length);
  const parts: (readonly [number, Uint8Array])[] = [
    [headerBytes, Buffer.concat(programs)],
    ...segments.map((segment) => [segment.position, segment.data] as const),
  ];
  if (section !== null) {
    const names = Buffer.from(`\0.shstrtab\0${section}\0`);
    const sections = new Fields(sectionBytes * 3, isLittle);
    const add = (index: number, name: number, type: number, place: readonly number[]): void => {
      const at = index * sectionBytes;
      sections.u32(at, name);
      sections.u32(at + 4, type);
      for (const [field, value] of place.entries()) sections.word(at + 8 + (field + 1) * word, value, word);
    };
    add(1, 1, 3, [0, 1024, names.length]);
    add(2, 11, sectionType, [address, DATA_POSITION, data.length]);
    head.word(word === 8 ? 40 : 32, 2048, word);
    head.u16(counts + 4, sectionBytes);
    head.u16(counts + 6, 3);
    head.u16(counts + 8, 1);
    parts.push([1024, names], [2048, sections.bytes]);
  }
  return placed([[0, head.bytes], ...parts]);
}

/** A PE program with a section of text and one of data. */
export function buildPe(data: Uint8Array, word: 4 | 8 = 8, section = '.data'): Buffer {
  const base = 0x10_0000;
  const dos = new Fields(64, true);
  dos.bytes.write('MZ');
  dos.u32(60, 128);
  const coff = new Fields(24, true);
  coff.bytes.write('PE');
  coff.u16(6, 2);
  const optional = new Fields(112, true);
  coff.u16(20, optional.bytes.length);
  optional.u16(0, word === 8 ? 0x20b : 0x10b);
  optional.word(word === 8 ? 24 : 28, base, word);
  const sections = new Fields(80, true);
  sections.bytes.write('.text');
  sections.u32(36, 0x6000_0020);
  sections.bytes.write(section, 40);
  sections.u32(40 + 8, data.length);
  sections.u32(40 + 12, DATA_ADDRESS - base);
  sections.u32(40 + 16, data.length);
  sections.u32(40 + 20, DATA_POSITION);
  sections.u32(40 + 36, 0xc060_0040);
  return placed([
    [0, dos.bytes],
    [128, coff.bytes],
    [152, optional.bytes],
    [152 + optional.bytes.length, sections.bytes],
    [DATA_POSITION, data],
  ]);
}

/** A Mach-O program with a segment of data, in a section unless `section` is null. */
export function buildMachO(
  data: Uint8Array,
  { word, isLittle, section = '__go_buildinfo' }: ExecutableForm & { readonly section?: string | null },
): Buffer {
  const headerBytes = word === 8 ? 32 : 28;
  const segmentBytes = 24 + 4 * word + 16;
  const sectionBytes = word === 8 ? 80 : 68;
  const count = section === null ? 0 : 1;
  const commands = new Fields(8 + segmentBytes + count * sectionBytes, isLittle);
  // A command of another kind comes first.
  commands.u32(0, 0x1b);
  commands.u32(4, 8);
  const at = 8;
  commands.u32(at, word === 8 ? 0x19 : 0x1);
  commands.u32(at + 4, segmentBytes + count * sectionBytes);
  commands.bytes.write('__DATA', at + 8);
  commands.word(at + 24, DATA_ADDRESS, word);
  commands.word(at + 24 + word, data.length, word);
  commands.word(at + 24 + 2 * word, DATA_POSITION, word);
  commands.word(at + 24 + 3 * word, data.length, word);
  commands.u32(at + 24 + 4 * word, 3);
  commands.u32(at + 28 + 4 * word, 3);
  commands.u32(at + 32 + 4 * word, count);
  if (section !== null) {
    commands.bytes.write(section, at + segmentBytes);
    commands.word(at + segmentBytes + 32, DATA_ADDRESS, word);
    commands.word(at + segmentBytes + 32 + word, data.length, word);
    commands.u32(at + segmentBytes + 32 + 2 * word, DATA_POSITION);
  }
  const head = new Fields(headerBytes, isLittle);
  head.u32(0, word === 8 ? 0xfeedfacf : 0xfeedface);
  head.u32(16, 2);
  head.u32(20, commands.bytes.length);
  return placed([
    [0, head.bytes],
    [headerBytes, commands.bytes],
    [DATA_POSITION, data],
  ]);
}

/** A universal binary of Mach-O programs. */
export function buildUniversal(programs: readonly Uint8Array[]): Buffer {
  const head = new Fields(8 + 20 * programs.length, false);
  head.u32(0, 0xcafebabe);
  head.u32(4, programs.length);
  const parts: (readonly [number, Uint8Array])[] = [];
  let position = 4096;
  for (const [index, program] of programs.entries()) {
    head.u32(8 + index * 20 + 8, position);
    head.u32(8 + index * 20 + 12, program.length);
    parts.push([position, program]);
    position += program.length;
  }
  return placed([[0, head.bytes], ...parts]);
}
