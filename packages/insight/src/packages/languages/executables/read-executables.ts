import { readRange } from '../file-ranges.js';
import type { RandomAccessFile } from '../language-package.js';
import { unlessMalformed } from '../malformed-file.js';
import { readElf } from './elf.js';
import type { Executable } from './executable.js';
import { readMachO, readUniversal } from './mach-o.js';
import { readPe } from './pe.js';

type Format = 'elf' | 'pe' | 'mach-o' | 'universal';

/** The offsets of `e_type` and of the byte order in an ELF file, and the types of programs and shared objects. */
const ELF_ORDER = 5;
const ELF_TYPE = 16;
const LINKED_TYPES = [2, 3];

/** Java class files have the magic of universal binaries, followed by a version from 45 on. */
const MAX_ARCHITECTURES = 16;

/** Returns whether a file starts as an executable does that the loader of its system accepts. */
export function isExecutable(head: Uint8Array): boolean {
  return formatOf(head) !== null;
}

/** Returns the layouts in an executable, more than one of a universal binary; none for other and malformed files. */
export function readExecutables(file: RandomAccessFile): Executable[] {
  return unlessMalformed(() => {
    switch (formatOf(readRange(file, 0, Math.min(file.size, 64)))) {
      case 'elf':
        return [readElf(file)];
      case 'pe':
        return [readPe(file)];
      case 'mach-o':
        return [readMachO(file)];
      case 'universal':
        return readUniversal(file);
      case null:
        return [];
    }
  }, []);
}

function formatOf(head: Uint8Array): Format | null {
  if (head.length < 64) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const magic = view.getUint32(0);
  if (magic === 0x7f454c46) {
    return LINKED_TYPES.includes(view.getUint16(ELF_TYPE, head[ELF_ORDER] !== 2)) ? 'elf' : null;
  }
  if (view.getUint16(0) === 0x4d5a) return 'pe';
  if ([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe].includes(magic)) return 'mach-o';
  const isUniversal = magic === 0xcafebabe || magic === 0xcafebabf;
  return isUniversal && view.getUint32(4) <= MAX_ARCHITECTURES ? 'universal' : null;
}
