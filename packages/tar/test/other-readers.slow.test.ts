import { Readable } from 'node:stream';
import { needs } from '@layers/testing/needs';
import { Parser } from 'tar';
import { extract } from 'tar-stream';
import { afterAll, describe, expect, it } from 'vitest';
import type { TarEntry } from '../src/entry.ts';
import { walk } from './support/read.ts';
import { run } from './support/tools.ts';
import { makeTree, temporaryFolder } from './support/tree.ts';

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('two npm readers agree with ours about a tar of GNU tar', needs('tar'), () => {
  const temporary = temporaryFolder();
  makeTree(temporary.path, true);
  afterAll(temporary.remove);
  const write = (format: string) => {
    const bytes = run('tar', [`--format=${format}`, '-C', temporary.path, '-cf', '-', '.']);
    return { bytes, entries: walk(new Uint8Array(bytes)).entries };
  };

  const nodeTarTypes: Readonly<Record<string, string>> = {
    file: 'File',
    directory: 'Directory',
    symlink: 'SymbolicLink',
    link: 'Link',
    fifo: 'FIFO',
  };

  it.each(['gnu', 'posix'])('node-tar, as %s', async (format) => {
    const { bytes, entries } = write(format);
    const seen: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      const parser = new Parser({
        onReadEntry(entry) {
          seen.push([
            entry.path,
            entry.type,
            entry.size,
            (entry.mode ?? 0) & 0o7777,
            entry.uid,
            entry.linkpath ?? '',
          ]);
          entry.resume();
        },
      });
      parser.on('end', resolve);
      parser.on('error', reject);
      parser.end(bytes);
    });
    const ours = (entry: TarEntry) => [
      utf8(entry.path),
      nodeTarTypes[entry.type],
      entry.size,
      entry.mode,
      entry.uid,
      utf8(entry.linkpath),
    ];
    expect(seen).toEqual(entries.map(ours));
  });

  it.each(['gnu', 'posix'])('tar-stream, as %s, with the positions of the data', async (format) => {
    const { bytes, entries } = write(format);
    const seen: unknown[] = [];
    const stream = extract();
    Readable.from([bytes]).pipe(stream);
    for await (const entry of stream) {
      const { name, type, size, linkname, ...rest } = entry.header;
      seen.push([name, type, size, linkname ?? '', 'byteOffset' in rest ? rest.byteOffset : null]);
      entry.resume();
    }
    const ours = (entry: TarEntry) => [
      utf8(entry.path),
      entry.type,
      entry.size,
      utf8(entry.linkpath),
      entry.dataOffset,
    ];
    expect(seen).toEqual(entries.map(ours));
  });
});
