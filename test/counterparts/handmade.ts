import { createHash } from 'node:crypto';
import { Header } from 'tar';

/** An entry of a handmade layer. A string is a regular file, or a directory if it ends with `/`. */
interface EntrySpec {
  path: string;
  type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO';
  content?: string;
  linkpath?: string;
  mode?: number;
  uid?: number;
  /** Seconds since 1970. */
  mtime?: number;
}

export type Layer = readonly (string | EntrySpec)[];

/** The default time of entries, in seconds since 1970. */
export const handmadeTime = 1_700_000_000;

/** Returns a docker-archive of uncompressed layers, tagged `handmade:NAME`. */
export function handmadeArchive(name: string, layers: readonly Layer[]): Buffer {
  const tars = layers.map((entries) => tarOf(entries.map(entryOf)));
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Cmd: ['none'] },
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => `sha256:${sha256(tar)}`) },
    history: layers.map((_, index) => ({ created_by: `layer ${index}` })),
  });
  const manifest = JSON.stringify([
    {
      Config: `${sha256(config)}.json`,
      RepoTags: [`handmade:${name}`],
      Layers: layers.map((_, index) => `${index}.tar`),
    },
  ]);
  return tarOf([
    ...tars.map((content, index) => ({ path: `${index}.tar`, content })),
    { path: `${sha256(config)}.json`, content: config },
    { path: 'manifest.json', content: manifest },
  ]);
}

function entryOf(entry: string | EntrySpec): EntrySpec {
  if (typeof entry !== 'string') return entry;
  return entry.endsWith('/') ? { path: entry, type: 'Directory' } : { path: entry, content: entry };
}

function tarOf(entries: readonly (Omit<EntrySpec, 'content'> & { content?: string | Buffer })[]): Buffer {
  const parts = entries.flatMap(
    ({ path, type = 'File', content = '', linkpath, mode, uid = 0, mtime = handmadeTime }) => {
      const body = Buffer.from(content);
      const header = new Header({
        path,
        type,
        size: body.length,
        mode: mode ?? (type === 'Directory' ? 0o755 : 0o644),
        uid,
        gid: uid,
        mtime: new Date(mtime * 1000),
        ...(linkpath === undefined ? {} : { linkpath }),
      });
      const block = Buffer.alloc(512);
      if (header.encode(block)) throw new Error(`${path} needs an extended header`);
      return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
    },
  );
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
