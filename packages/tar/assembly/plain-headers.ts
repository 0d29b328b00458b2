// Reads ordinary tar headers into columns: those of files, directories and links in USTAR or GNU form, of which no other
// header says anything, which cause no warning, and whose names are simply parts between slashes.
//
// AssemblyScript, which `npm run kernel` compiles to WebAssembly: it runs fast from the first header on, where JavaScript is
// interpreted first. `src/kernel/plain-kernel.ts` calls it.

/** The most entries that the columns have room for. */
export const ENTRIES: usize = 2000;
export const WINDOW_BYTES: usize = 0x10000;
export const POOL_BYTES: usize = 0x10000;

// Addresses of the window, the pools and the columns.
export const WINDOW: usize = 0x400;
/** Names and targets of links. */
export const NAMES: usize = WINDOW + WINDOW_BYTES;
/** Directories, each with its last slash. */
export const DIRECTORIES: usize = NAMES + POOL_BYTES;
export const HEADER_OFFSET: usize = DIRECTORIES + POOL_BYTES;
export const SIZE: usize = HEADER_OFFSET + ENTRIES * 8;
export const MTIME: usize = SIZE + ENTRIES * 8;
export const UID: usize = MTIME + ENTRIES * 8;
export const GID: usize = UID + ENTRIES * 4;
export const NAME_START: usize = GID + ENTRIES * 4;
export const LINK_START: usize = NAME_START + ENTRIES * 4;
export const LINK_ENTRY: usize = LINK_START + ENTRIES * 4;
export const RUN_START: usize = LINK_ENTRY + ENTRIES * 4;
export const RUN_ENTRY: usize = RUN_START + ENTRIES * 4;
export const NAME_LENGTH: usize = RUN_ENTRY + ENTRIES * 4;
export const MODE: usize = NAME_LENGTH + ENTRIES * 2;
export const LINK_LENGTH: usize = MODE + ENTRIES * 2;
export const RUN_LENGTH: usize = LINK_LENGTH + ENTRIES * 2;
export const TYPE: usize = RUN_LENGTH + ENTRIES * 2;
/** Where a name is joined to its prefix. */
const JOINED: usize = TYPE + ENTRIES;

const BLOCK: usize = 512;
const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;
const SPACE: u8 = 0x20;
/** A prefix, a slash and a name. */
const LONGEST_NAME: usize = 256;

/** Entries in the columns. */
export let entries: usize = 0;
/** Bytes in the pool of names, and in that of directories. */
export let nameBytes: usize = 0;
export let directoryBytes: usize = 0;
/** Directories in the columns RUN_*: one for all entries that follow each other in a directory. */
export let runs: usize = 0;
/** Links in the columns LINK_*. */
export let links: usize = 0;
/** Links that are hard links. */
export let hardLinks: usize = 0;
/** Bytes of names and of targets. */
export let metadataBytes: usize = 0;
/** 0 if a name started with `./`. */
export let plainNames: i32 = 1;
/** The position of the next header. */
export let next: f64 = 0;
/** Whether another reader must read that header. */
export let isOdd: i32 = 0;

/** Empties the columns. */
export function clear(): void {
  entries = 0;
  nameBytes = 0;
  directoryBytes = 0;
  runs = 0;
  links = 0;
  hardLinks = 0;
  metadataBytes = 0;
  plainNames = 1;
}

/**
 * Reads headers from the window, whose first `length` bytes are those from `start` on of a tar of `size` bytes. Stops at
 * `next`: outside of the window, where the header is odd, or where the columns are full.
 */
export function scan(position: f64, start: f64, length: usize, size: f64): void {
  next = position;
  isOdd = 0;
  while (!isFull()) {
    const at = next - start;
    if (at < 0 || at + <f64>BLOCK > <f64>length) return;
    if (!read(WINDOW + <usize>at, size)) {
      isOdd = 1;
      return;
    }
  }
}

/** Whether the columns or the pools have no room for another entry. */
export function isFull(): bool {
  const most = POOL_BYTES - 2 * LONGEST_NAME;
  return entries == ENTRIES || nameBytes > most || directoryBytes > most;
}

function read(block: usize, size: f64): bool {
  const type = load<u8>(block, 156);
  if (type != 0x30 && type != 0x31 && type != 0x32 && type != 0x35) return false;
  // "ustar", then a NUL or, for GNU, a space.
  if (load<u32>(block, 257) != 0x61747375 || load<u8>(block, 261) != 0x72) return false;
  const dialect = load<u8>(block, 262);
  if (dialect != 0 && dialect != SPACE) return false;
  const bytes = octal12(block + 124);
  if (bytes < 0 || (type != 0x30 && bytes > 0)) return false;
  const mode = octal8(block + 100);
  const uid = octal8(block + 108);
  const gid = octal8(block + 116);
  const mtime = octal12(block + 136);
  if (mode < 0 || uid < 0 || gid < 0 || mtime < 0) return false;
  if (octal8(block + 329) < 0 || octal8(block + 337) < 0) return false;
  if (octal8(block + 148) != <i64>checksum(block)) return false;
  const end = next + <f64>BLOCK + <f64>bytes;
  if (end > size) return false;

  let name = block;
  let nameEnd = endOfText(block, block + 100);
  const prefix = block + 345;
  if (load<u8>(prefix) != 0) {
    // star keeps times at the end of its prefixes.
    if (dialect != 0 || load<u32>(block, 508) == 0x00726174) return false;
    const prefixEnd = endOfText(prefix, prefix + 155);
    const prefixLength = prefixEnd - prefix;
    copy(JOINED, prefix, prefixLength);
    store<u8>(JOINED + prefixLength, SLASH);
    copy(JOINED + prefixLength + 1, name, nameEnd - name);
    nameEnd = JOINED + prefixLength + 1 + (nameEnd - name);
    name = JOINED;
  }
  const link = block + 157;
  const linkEnd = endOfText(link, link + 100);
  const bytesOfName = nameEnd - name;

  let isPlain = 1;
  if (bytesOfName > 2 && load<u8>(name) == DOT && load<u8>(name, 1) == SLASH) {
    name += 2;
    isPlain = 0;
  }
  if (nameEnd > name && load<u8>(nameEnd - 1) == SLASH) nameEnd--;
  const last = lastPart(name, nameEnd);
  if (last == 0) return false;
  plainNames &= isPlain;

  const index = entries++;
  addRun(name, last - name, index);
  store<u32>(NAME_START + index * 4, <u32>nameBytes);
  store<u16>(NAME_LENGTH + index * 2, <u16>(nameEnd - last));
  keep(last, nameEnd - last);
  if (type == 0x31 || type == 0x32) {
    if (type == 0x31) hardLinks++;
    store<u32>(LINK_ENTRY + links * 4, <u32>index);
    store<u32>(LINK_START + links * 4, <u32>nameBytes);
    store<u16>(LINK_LENGTH + links * 2, <u16>(linkEnd - link));
    links++;
    keep(link, linkEnd - link);
  }
  store<u8>(TYPE + index, type);
  store<u16>(MODE + index * 2, <u16>(mode & 0o7777));
  store<u32>(UID + index * 4, <u32>uid);
  store<u32>(GID + index * 4, <u32>gid);
  store<f64>(SIZE + index * 8, <f64>bytes);
  store<f64>(MTIME + index * 8, <f64>mtime);
  store<f64>(HEADER_OFFSET + index * 8, next);
  metadataBytes += bytesOfName + (linkEnd - link);
  next += <f64>BLOCK + <f64>((bytes + 511) & ~511);
  return true;
}

/** Begins a run where the directory, with its last slash, is another one than that of the entry before. */
function addRun(directory: usize, length: usize, index: usize): void {
  if (runs > 0) {
    const last = runs - 1;
    if (
      load<u16>(RUN_LENGTH + last * 2) == <u16>length &&
      memory.compare(DIRECTORIES + load<u32>(RUN_START + last * 4), directory, length) == 0
    )
      return;
  }
  store<u32>(RUN_ENTRY + runs * 4, <u32>index);
  store<u32>(RUN_START + runs * 4, <u32>directoryBytes);
  store<u16>(RUN_LENGTH + runs * 2, <u16>length);
  runs++;
  copy(DIRECTORIES + directoryBytes, directory, length);
  directoryBytes += length;
}

function keep(from: usize, length: usize): void {
  copy(NAMES + nameBytes, from, length);
  nameBytes += length;
}

/** Copies a short text: `memory.copy` is a call. */
function copy(to: usize, from: usize, length: usize): void {
  for (let i: usize = 0; i < length; i++) store<u8>(to + i, load<u8>(from + i));
}

/** Returns the number in a field of 8 bytes, as `octal` does. */
function octal8(start: usize): i64 {
  const bytes = load<u64>(start);
  if ((bytes & 0x00f8f8f8f8f8f8f8) == 0x0030303030303030) {
    const end = bytes >> 56;
    if (end == 0 || end == <u64>SPACE) return <i64>digits(bytes << 8);
  } else if ((bytes & 0x0000f8f8f8f8f8f8) == 0x0000303030303030) {
    // A NUL and a space, or a space and a NUL, or two NULs.
    const end = bytes >> 48;
    if (end == 0x2000 || end == 0x0020 || end == 0) return <i64>digits(bytes << 16);
  } else if (bytes == 0) return 0;
  return octal(start, 8);
}

/** Returns the number in a field of 12 bytes, as `octal` does. */
function octal12(start: usize): i64 {
  const bytes = load<u64>(start);
  const others = load<u32>(start, 8);
  const end = others >> 24;
  if (
    (bytes & 0xf8f8f8f8f8f8f8f8) == 0x3030303030303030 &&
    (others & 0x00f8f8f8) == 0x00303030 &&
    (end == 0 || end == <u32>SPACE)
  )
    return <i64>((digits(bytes) << 9) | digits((<u64>others) << 40));
  return octal(start, 12);
}

/** Returns the number of eight octal digits, of which the lowest byte has the first. Only the low three bits of a byte count. */
function digits(bytes: u64): u64 {
  const ones = bytes & 0x0707070707070707;
  const twos = ((ones << 3) + (ones >> 8)) & 0x00ff00ff00ff00ff;
  const fours = ((twos << 6) + (twos >> 16)) & 0x0000ffff0000ffff;
  return ((fours << 12) + (fours >> 32)) & 0xffffffff;
}

/** Returns the number in a field of octal digits, between spaces and NULs; -1 if it has others. */
function octal(start: usize, length: usize): i64 {
  const end = start + length;
  let i = start;
  while (i < end && (load<u8>(i) == SPACE || load<u8>(i) == 0)) i++;
  let value: i64 = 0;
  for (; i < end; i++) {
    const digit = <i32>load<u8>(i) - 48;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  for (; i < end && load<u8>(i) != 0; i++) if (load<u8>(i) != SPACE) return -1;
  return value;
}

/** Returns the sum of the bytes of a block, with its field for the sum as spaces. */
function checksum(block: usize): u32 {
  let pairs = i16x8.splat(0);
  for (let i: usize = 0; i < BLOCK; i += 16)
    pairs = i16x8.add(pairs, i16x8.extadd_pairwise_i8x16_u(v128.load(block + i)));
  const sums = i32x4.extadd_pairwise_i16x8_u(pairs);
  let sum =
    i32x4.extract_lane(sums, 0) +
    i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3);
  for (let i: usize = 148; i < 156; i++) sum += <i32>SPACE - <i32>load<u8>(block + i);
  return <u32>sum;
}

/** Returns the address of the NUL that ends a text, or of the end of its field. */
function endOfText(start: usize, end: usize): usize {
  let stop = start;
  while (stop < end && load<u8>(stop) != 0) stop++;
  return stop;
}

/**
 * Returns the address of the last part of a name; 0 for a name that is not ordinary: empty, absolute, with empty parts, or with
 * parts such as `..` and `.wh.name`.
 */
function lastPart(start: usize, end: usize): usize {
  let last = start;
  for (let i = start; i < end; i++) {
    const byte = load<u8>(i);
    if (i == last) {
      if (byte == SLASH) return 0;
      if (byte == DOT && !isOrdinary(i, end)) return 0;
    } else if (byte == SLASH) last = i + 1;
  }
  return last < end ? last : 0;
}

/** Whether a part that starts with a dot is an ordinary name. */
function isOrdinary(start: usize, end: usize): bool {
  const length = end - start;
  if (length < 2) return false;
  const second = load<u8>(start, 1);
  if (second == SLASH || second == DOT) return false;
  return length < 4 || second != 0x77 || load<u8>(start, 2) != 0x68 || load<u8>(start, 3) != DOT;
}
