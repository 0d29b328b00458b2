import { readFileSync } from 'node:fs';

export interface RawFile {
  readonly name: string;
  readonly header: Buffer;
  readonly data: Buffer;
}

/** Parses a USTAR archive without the code under test. */
export function filesOf(path: string): RawFile[] {
  const tar = readFileSync(path);
  const files: RawFile[] = [];
  let at = 0;
  while ((tar[at] ?? 0) !== 0) {
    const header = tar.subarray(at, at + 512);
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
    const name = header.toString('latin1', 0, header.indexOf(0));
    files.push({ name, header, data: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  if (tar.length !== at + 1024 || tar.subarray(at).some((byte) => byte !== 0))
    throw new Error('the end of the tar is missing');
  return files;
}
