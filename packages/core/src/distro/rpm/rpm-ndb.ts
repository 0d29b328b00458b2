import { boundedBytes } from '../bounded-bytes.js';
import { UnreadableDatabase } from '../unreadable.js';

/** `RpmP`, `Slot` and `BlbS`, as little-endian numbers. */
const DATABASE_MAGIC = 0x506d7052;
const SLOT_MAGIC = 0x746f6c53;
const BLOB_MAGIC = 0x53626c42;

const SLOT = 16;
const PAGE = 4096;
/** The header of the file takes the space of two slots. */
const FIRST_SLOT = 2 * SLOT;
const BLOCK = 16;
const BLOB_HEADER = 16;

/**
 * Calls `visit` with each header in a database of rpm's own format, `Packages.db`: pages of slots, each with the
 * position of a header. Throws UnreadableDatabase.
 *
 * @see https://github.com/rpm-software-management/rpm/blob/rpm-4.18.0-release/lib/backend/ndb/rpmpkg.c
 */
export function forEachNdbHeader(file: Uint8Array, visit: (header: Uint8Array) => void): void {
  const bytes = boundedBytes(file, 'the database');
  if (bytes.size < FIRST_SLOT || bytes.u32(0, true) !== DATABASE_MAGIC) {
    throw new UnreadableDatabase('it is not an rpm database');
  }
  const version = bytes.u32(4, true);
  if (version !== 0) throw new UnreadableDatabase(`it has the unknown version ${version}`);
  const endOfSlots = bytes.u32(12, true) * PAGE;
  if (endOfSlots > bytes.size) throw new UnreadableDatabase('it ends before its last slot');
  let budget = bytes.size;
  for (let at = FIRST_SLOT; at < endOfSlots; at += SLOT) {
    if (bytes.u32(at, true) !== SLOT_MAGIC) throw new UnreadableDatabase(`it has no slot at byte ${at}`);
    const index = bytes.u32(at + 4, true);
    const position = bytes.u32(at + 8, true) * BLOCK;
    if (index === 0 || position === 0) continue;
    if (bytes.u32(position, true) !== BLOB_MAGIC || bytes.u32(position + 4, true) !== index) {
      throw new UnreadableDatabase(`it has no package ${index} at byte ${position}`);
    }
    const length = bytes.u32(position + 12, true);
    budget -= length;
    if (budget < 0) throw new UnreadableDatabase('its packages are longer than the whole database');
    visit(bytes.slice(position + BLOB_HEADER, length));
  }
}
