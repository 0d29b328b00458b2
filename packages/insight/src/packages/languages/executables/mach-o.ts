import { BinaryFields } from '../binary-fields.js';
import { partOfFile, readRange } from '../file-ranges.js';
import type { RandomAccessFile } from '../language-package.js';
import { MalformedFile, unlessMalformed } from '../malformed-file.js';
import { type Executable, MAX_PARTS, type Section, type Segment } from './executable.js';

const MAGIC_64 = 0xfeedfacf;
const LC_SEGMENT = 0x1;
const LC_SEGMENT_64 = 0x19;
const FAT_MAGIC_64 = 0xcafebabf;
const READ_WRITE = 3;

/** The limit of architectures in a file. Java class files have the same magic, and a larger number there. */
const MAX_ARCHITECTURES = 16;
const MAX_COMMAND_BYTES = 1024 * 1024;

/** Reads the layouts of all architectures of a universal binary. Throws MalformedFile. */
export function readUniversal(file: RandomAccessFile): Executable[] {
  const head = new BinaryFields(readRange(file, 0, 8), false);
  const word = head.u32(0) === FAT_MAGIC_64 ? 8 : 4;
  const entryBytes = word === 8 ? 32 : 20;
  const count = head.u32(4);
  if (count > MAX_ARCHITECTURES) throw new MalformedFile('this is not a universal binary');
  const table = new BinaryFields(readRange(file, 8, count * entryBytes), false);
  return Array.from({ length: count }, (_, index) => index * entryBytes).flatMap((at) =>
    unlessMalformed(() => {
      const position = table.word(at + 8, word);
      return [readMachO(partOfFile(file, position, table.word(at + 8 + word, word), file.path))];
    }, []),
  );
}

/** Reads the layout of a Mach-O file for one architecture. Throws MalformedFile. */
export function readMachO(file: RandomAccessFile): Executable {
  const head = readRange(file, 0, 28);
  // The magic is a number in the order of the file, and its first byte tells the order.
  const isLittleEndian = head[0] !== 0xfe;
  const header = new BinaryFields(head, isLittleEndian);
  const headerBytes = header.u32(0) === MAGIC_64 ? 32 : 28;
  const count = header.u32(16);
  const commandBytes = header.u32(20);
  if (count > MAX_PARTS || commandBytes > MAX_COMMAND_BYTES) {
    throw new MalformedFile('the file has too many load commands');
  }
  const commands = new BinaryFields(readRange(file, headerBytes, commandBytes), isLittleEndian);
  const segments: Segment[] = [];
  const sections: Section[] = [];
  let data: Segment | null = null;
  let at = 0;
  for (let index = 0; index < count; index++) {
    const command = commands.u32(at);
    const size = commands.u32(at + 4);
    if (size < 8) throw new MalformedFile('a load command is too short');
    if (command === LC_SEGMENT || command === LC_SEGMENT_64) {
      const word = command === LC_SEGMENT_64 ? 8 : 4;
      const segment = {
        address: commands.word(at + 24, word),
        position: commands.word(at + 24 + 2 * word, word),
        size: commands.word(at + 24 + 3 * word, word),
      };
      const rest = at + 24 + 4 * word;
      if (segment.size > 0) {
        segments.push(segment);
        const isData = commands.u32(rest) === READ_WRITE && commands.u32(rest + 4) === READ_WRITE;
        if (data === null && segment.address !== 0 && isData) data = segment;
      }
      addSections(sections, commands, rest + 16, commands.u32(rest + 8), word);
    }
    at += size;
  }
  return { file, isLittleEndian, sections, segments, data };
}

function addSections(
  sections: Section[],
  commands: BinaryFields,
  start: number,
  count: number,
  word: 4 | 8,
): void {
  const entryBytes = word === 8 ? 80 : 68;
  for (let index = 0; index < count; index++) {
    if (sections.length > MAX_PARTS) throw new MalformedFile('the file has too many sections');
    const at = start + index * entryBytes;
    sections.push({
      name: commands.text(at, 16),
      address: commands.word(at + 32, word),
      size: commands.word(at + 32 + word, word),
      position: commands.u32(at + 32 + 2 * word),
    });
  }
}
