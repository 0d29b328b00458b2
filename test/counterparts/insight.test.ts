import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { needs, needsThat } from '@layers/testing/needs';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import { describe, expect, it } from 'vitest';
import { layersCommand } from './layers-command.ts';
import { run } from './processes.ts';

/** What read-layers.py prints for an image. */
interface Read {
  readonly events: Readonly<
    Record<string, readonly (readonly [number, string, string, number, string | null])[]>
  >;
  readonly visible: readonly string[];
  readonly duplicates: readonly (readonly [size: number, names: readonly number[]])[];
}

interface Found {
  readonly path: string;
  readonly visible: boolean;
  readonly events: readonly { layer: number; change: string; type: string; sizeBytes: number }[];
}

interface Duplicate {
  readonly sizeBytes: number;
  readonly files: readonly { path: string; names: number }[];
}

/** A manifest that is null, layers that are missing, and zstd, which Python does not read. */
const UNREAD = ['corrupt-docker-nginx-trimmed.tar', 'corrupt-null-manifest.tar', 'oci-zstd-layer.tar'];

const script = fileURLToPath(new URL('read-layers.py', import.meta.url));
const folder = imagesFolder ?? '';
const archives =
  imagesFolder === undefined
    ? []
    : readdirSync(imagesFolder).filter((name) => /\.tar(\.gz)?$/.test(name) && !UNREAD.includes(name));

/** The paths of an image whose life is compared: those with the longest ones. */
const LOGGED = 6;

async function json<Document>(...args: readonly string[]): Promise<Document> {
  return JSON.parse(await layersCommand([...args, '--json', '-q']));
}

describe('find, log and duplicates', needsThat(archives.length > 0, NO_REAL_ARCHIVES), () => {
  it.each(archives)('of %s agree with the modules of Python', needs('python3'), async (name) => {
    const path = join(folder, name);
    const images: Read[] = JSON.parse((await run('python3', [script, path])).toString('utf8'));
    for (const [i, read] of images.entries()) {
      const image = [path, '--image', `#${i + 1}`];
      const { matches } = await json<{ matches: readonly Found[] }>('find', ...image);
      const found = Object.fromEntries(
        matches.map(({ path: at, events }) => [
          at,
          events.map(({ layer, change, type, sizeBytes }) => [layer, change, type, sizeBytes]),
        ]),
      );
      const expected = Object.entries(read.events).map(([at, events]) => [
        at,
        events.map((event) => event.slice(0, 4)),
      ]);
      expect(found).toEqual(Object.fromEntries(expected));
      expect(
        matches
          .filter(({ visible }) => visible)
          .map(({ path: at }) => at)
          .sort(),
      ).toEqual(read.visible);

      const { duplicates } = await json<{ duplicates: readonly Duplicate[] }>('duplicates', ...image);
      expect(duplicates.map(lineOfDuplicate).sort()).toEqual(read.duplicates.map(lineOfRead).sort());

      const longest = Object.entries(read.events)
        .sort(([, a], [, b]) => b.length - a.length)
        .slice(0, LOGGED);
      for (const [at, events] of longest) {
        const log = await json<{ events: readonly { layer: number; digest: string | null }[] }>(
          'log',
          ...image,
          at,
        );
        const digests = Object.fromEntries(log.events.map(({ layer, digest }) => [layer, digest]));
        expect([at, digests]).toMatchObject([
          at,
          Object.fromEntries(events.map((event) => [event[0], event[4]])),
        ]);
      }
    }
  });
});

function lineOfDuplicate({ sizeBytes, files }: Duplicate): string {
  return JSON.stringify([sizeBytes, files.map(({ names }) => names).sort((a, b) => a - b)]);
}

function lineOfRead([size, names]: Read['duplicates'][number]): string {
  return JSON.stringify([size, names]);
}
