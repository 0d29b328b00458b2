import { readFileSync } from 'node:fs';

export interface RawMember {
  readonly name: string;
  readonly header: Buffer;
  readonly data: Buffer;
}

/** The members of a plain USTAR file, read by hand. */
export function membersOf(path: string): RawMember[] {
  const tar = readFileSync(path);
  const members: RawMember[] = [];
  let at = 0;
  for (; (tar[at] ?? 0) !== 0; ) {
    const header = tar.subarray(at, at + 512);
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
    const name = header.toString('latin1', 0, header.indexOf(0));
    members.push({ name, header, data: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  if (tar.length !== at + 1024 || tar.subarray(at).some((byte) => byte !== 0))
    throw new Error('no end of the tar');
  return members;
}
