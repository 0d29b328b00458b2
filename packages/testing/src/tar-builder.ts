import { END_OF_TAR, encodeHeader, type NewEntry } from '@layers/tar';
import { paddedTo512 } from '../../tar/src/block.ts';
import { encodePax } from '../../tar/src/pax.ts';

/** One member of a tar to be built; what it leaves out has `encodeHeader`'s defaults. */
export interface Member extends Omit<NewEntry, 'type' | 'size'> {
  /** `unknown` is written with a type byte that no specification names. */
  readonly type?: NonNullable<NewEntry['type']> | 'unknown';
  /** Bytes of a file, of a sparse one its stored extents one after the other. */
  readonly data?: Uint8Array;
  /** Makes a file sparse, in the PAX 0.1 form. */
  readonly sparse?: { readonly realSize: number; readonly extents: readonly (readonly [number, number])[] };
}

const BLOCK_BYTES = 512;
const CHECKSUM = 148;
const TYPEFLAG = 156;
const PAX_LOCAL = 0x78;
const UNKNOWN_TYPE = 0x3f;

/** Bytes of the file that a member is; 0 for what is no file. */
export function sizeOfMember(member: Member): number {
  if ((member.type ?? 'file') !== 'file') return 0;
  return member.sparse?.realSize ?? member.data?.length ?? 0;
}

/** A member's headers, data and padding. The name may be empty, which `encodeHeader` would refuse. */
export function buildMember(member: Member): Buffer {
  const { type = 'file', data = new Uint8Array(0), path, sparse, ...rest } = member;
  const stored = type === 'file' || type === 'unknown' ? data : new Uint8Array(0);
  const encoded = Buffer.from(
    encodeHeader({
      ...rest,
      path: path.length === 0 ? 'x' : path,
      type: type === 'unknown' ? 'file' : type,
      size: stored.length,
    }),
  );
  const block = encoded.subarray(encoded.length - BLOCK_BYTES);
  if (path.length === 0) block.fill(0, 0, 100);
  if (type === 'unknown') block[TYPEFLAG] = UNKNOWN_TYPE;
  seal(block);
  const headers = sparse === undefined ? encoded : withSparseMap(encoded, sparse);
  return Buffer.concat([headers, stored, Buffer.alloc(paddedTo512(stored.length) - stored.length)]);
}

/** A whole tar of these members. */
export function buildTar(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.map(buildMember), END_OF_TAR]);
}

/** The headers with a sparse map's records added to their PAX header: of two in a row only the last would count. */
function withSparseMap(headers: Buffer, { realSize, extents }: NonNullable<Member['sparse']>): Buffer {
  const paxBytes =
    headers.length === BLOCK_BYTES ? 0 : Number.parseInt(headers.toString('latin1', 124, 135), 8);
  const body = Buffer.concat([
    headers.subarray(BLOCK_BYTES, BLOCK_BYTES + paxBytes),
    encodePax([
      { key: 'GNU.sparse.size', value: Buffer.from(String(realSize)) },
      { key: 'GNU.sparse.numblocks', value: Buffer.from(String(extents.length)) },
      { key: 'GNU.sparse.map', value: Buffer.from(extents.flat().join(',')) },
    ]),
  ]);
  const pax = buildMember({ path: 'PaxHeaders/sparse', data: body });
  pax[TYPEFLAG] = PAX_LOCAL;
  seal(pax.subarray(0, BLOCK_BYTES));
  return Buffer.concat([pax, headers.subarray(headers.length - BLOCK_BYTES)]);
}

function seal(block: Buffer): void {
  block.fill(0x20, CHECKSUM, CHECKSUM + 8);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM, 'latin1');
}
