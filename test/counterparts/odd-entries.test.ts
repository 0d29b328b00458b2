import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPaths } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { END, entryWith, GNU, join, pax, type RawFields, record } from '@layers/testing/raw-tar';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { command } from './layers-command.ts';
import { run } from './processes.ts';

const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(joinPaths(tmpdir(), 'layers-odd-entries-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => joinPaths(folder, name);
const file = (fields: RawFields = {}): Uint8Array => entryWith({ name: 'f', ...fields }, 'hello');
/** GNU's old map: 5 bytes at 1024, and a size of 4096. */
const sparseFields: RawFields['at'] = {
  386: '00000002000\0',
  398: '00000000005\0',
  410: '00000010000\0',
  422: '00000000000\0',
  483: '00000010000\0',
};

const CASES: readonly (readonly [string, Uint8Array])[] = [
  ['a contiguous file', file({ typeflag: '7' })],
  ['a sparse file', file({ typeflag: 'S', magic: GNU, at: sparseFields })],
  ['a dump directory', entryWith({ name: 'd/', typeflag: 'D', mode: 0o755 }, 'Yfile\0\0')],
  ['an unknown type', join(file(), file({ name: 'v', typeflag: 'V' }))],
  ['a time of access in another notation', join(pax(['atime', '1e3']), file())],
  ['an invalid time of change', join(pax(['ctime', 'x']), file())],
  ['an invalid owner', join(pax(['uid', 'x']), file())],
  ['a NUL in a user name', join(pax(['uname', 'a\0b']), file())],
  ['a NUL in a key', join(pax(['a\0b', 'x']), file())],
  ['an empty key', join(pax(['', 'x']), file())],
  [
    'NULs after the records',
    join(entryWith({ name: 'p', typeflag: 'x' }, join(record('comment', 'x'), new Uint8Array(8))), file()),
  ],
  ['an invalid mode', file({ mode: '00x0644\0' })],
];

/** Entries that are copied: Docker accepts them as they are. */
const ACCEPTED: readonly (readonly [string, Uint8Array])[] = [
  ['a record of a vendor', join(pax(['VENDOR.key', 'a\0b']), file())],
  [
    'a sparse file of POSIX tar',
    join(
      pax(
        ['GNU.sparse.size', '4096'],
        ['GNU.sparse.numblocks', '2'],
        ['GNU.sparse.name', 'f'],
        ['GNU.sparse.map', '1024,5,4096,0'],
      ),
      file(),
    ),
  ],
];

function archive(name: string, layers: readonly Uint8Array[]): string {
  writeFileSync(at(name), buildDockerArchive({ images: [{ tags: ['odd:1'], layers }] }, { form: 'legacy' }));
  return at(name);
}

describe.skipIf(socket === '')('a layer that is written anew', () => {
  const base = entryWith({ name: 'a' }, 'aaaa');

  it.each([...CASES, ...ACCEPTED])('is loaded by Docker: %s', async (name, entry) => {
    const input = archive('in.tar', [join(base, entry, END), join(entryWith({ name: 'a' }, 'bbbb'), END)]);
    const loading = docker(['load', '--quiet', '--input', input]);
    if (ACCEPTED.some(([accepted]) => accepted === name)) await loading;
    else await expect(loading).rejects.toThrow();
    writeFileSync(at('add.tar'), join(base, entry, END));
    const plain = archive('plain.tar', [join(base, END)]);
    for (const args of [
      ['squash', input],
      ['repack', '--drop-waste', input],
      ['repack', '--reproducible', input],
      ['append', '--add', at('add.tar'), plain],
    ]) {
      await run(process.execPath, [command, ...args, '-q', '--force', '-o', at('out.tar')]);
      await docker(['load', '--quiet', '--input', at('out.tar')]);
    }
  });
});
