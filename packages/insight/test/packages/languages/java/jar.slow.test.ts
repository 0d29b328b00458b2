import { expect, it } from 'vitest';
import { JAR_READER } from '../../../../src/packages/languages/java/jar.ts';
import { buildZip } from '../build-zip.ts';
import { fileOf } from '../files.ts';

it('reads a limited number of archives, also where they multiply', () => {
  // 40 archives in each of 40 archives in each of 40 archives, in a few kilobytes.
  let archive = buildZip([]);
  for (let depth = 0; depth < 3; depth++) {
    const data = archive;
    archive = buildZip(Array.from({ length: 40 }, () => ({ name: 'lib-1.jar', data })));
  }
  expect(JAR_READER.read(fileOf('/a-1.jar', archive))).toHaveLength(20_000);
});

it('inflates a limited number of bytes', () => {
  // Each of the archives is 60 MiB of zeros before its end.
  const end = buildZip([]);
  const data = Buffer.concat([Buffer.alloc(60 * 2 ** 20), end]);
  const one = buildZip([{ name: 'lib-1.jar', data }]);
  const entry = one.subarray(one.lastIndexOf('PK\x01\x02'), -22);
  const count = 50;
  const directory = Buffer.concat(Array.from({ length: count }, () => entry));
  const last = Buffer.from(one.subarray(-22));
  last.writeUInt16LE(count, 8);
  last.writeUInt16LE(count, 10);
  last.writeUInt32LE(directory.length, 12);
  const start = one.subarray(0, one.length - 22 - entry.length);
  const packages = JAR_READER.read(fileOf('/a-1.jar', Buffer.concat([start, directory, last])));
  // 1 GiB in all.
  expect(packages).toHaveLength(1 + Math.floor(1024 / 60));
});
