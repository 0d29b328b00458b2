import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { imagesFolder } from '@layers/testing/real-archives';
import type { Source } from './layers-command.ts';
import { run } from './processes.ts';

/** The transports of skopeo for archives and layouts. */
type Form = 'docker-archive' | 'oci-archive' | 'oci';

export interface Archive {
  name: string;
  path: string;
  form: Form;
}

/** An archive in a format that every tool can read. */
export interface Prepared {
  /** An uncompressed docker-archive. */
  file: string;
  images: PreparedImage[];
}

export interface PreparedImage {
  /** For `layers`: the original archive. */
  source: Source;
  /** The digest of its config: the image id in Docker. */
  id: string;
  /** For skopeo and umoci: the source of a copy. */
  skopeo: string;
}

/** Archives that no other tool can read, with the reason. */
const broken = new Map([
  ['corrupt-docker-nginx-trimmed.tar', 'three layers in the manifest, one in the config'],
  ['corrupt-null-manifest.tar', 'the manifest is null'],
  ['aufs-docker-v2-manifest', 'the layer does not match its digest, and the config is {}'],
]);

/** Archives that Docker refuses. umoci extracts them, as the specification requires. */
export const refusedByDocker = new Map([['hard-link-delete-3', 'a hard link to a path of a lower layer']]);

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** All undamaged archives and layouts: the examples, and real archives of other producers if there are any. */
export function soundArchives(): Archive[] {
  const folders = [examples, ...(imagesFolder === undefined ? [] : [imagesFolder])];
  const archives = folders.flatMap((folder) => {
    const layouts = join(folder, 'oci-layouts');
    const files = readdirSync(folder).filter((name) => /\.tar(\.gz)?$/.test(name));
    return [
      ...files.map((name): Archive => ({ name, path: join(folder, name), form: formOf(name) })),
      ...(existsSync(layouts) ? readdirSync(layouts) : []).map(
        (name): Archive => ({ name, path: join(layouts, name), form: 'oci' }),
      ),
    ];
  });
  return archives.filter((archive) => !broken.has(archive.name));
}

/** Docker 20.10 refuses an OCI archive without `manifest.json`, so skopeo converts it first. */
function formOf(name: string): Form {
  return /^(oci-|skopeo-oci-)/.test(name) ? 'oci-archive' : 'docker-archive';
}

/** Converts an archive to a format that every tool can read. `folder` is for temporary files. */
export async function prepare(archive: Archive, folder: string): Promise<Prepared> {
  const file = join(folder, `${archive.name}.docker.tar`);
  if (archive.form !== 'docker-archive') {
    let stored = `${archive.form}:${archive.path}`;
    if (archive.name.includes('zstd')) {
      // Neither docker-archives nor umoci support zstd.
      const layout = `oci:${join(folder, archive.name)}.layout:it`;
      await skopeoCopy('--dest-compress-format', 'gzip', stored, layout);
      stored = layout;
    }
    await skopeoCopy(stored, `docker-archive:${file}`);
    return { file, images: await imagesOf(archive, file, () => stored) };
  }
  // skopeo cannot select an image by index in an archive that is compressed as a whole.
  if (archive.name.endsWith('.gz')) writeFileSync(file, gunzipSync(readFileSync(archive.path)));
  else symlinkSync(archive.path, file);
  return { file, images: await imagesOf(archive, file, (index) => `docker-archive:${file}:@${index}`) };
}

async function imagesOf(
  archive: Archive,
  file: string,
  skopeo: (index: number) => string,
): Promise<PreparedImage[]> {
  const manifests: { Config: string }[] = JSON.parse((await member(file, 'manifest.json')).toString('utf8'));
  return Promise.all(
    manifests.map(async ({ Config }, index) => ({
      source:
        manifests.length === 1 ? { path: archive.path } : { path: archive.path, image: `#${index + 1}` },
      id: `sha256:${createHash('sha256')
        .update(await member(file, Config))
        .digest('hex')}`,
      skopeo: skopeo(index),
    })),
  );
}

async function skopeoCopy(...args: string[]): Promise<void> {
  await run('skopeo', ['--insecure-policy', 'copy', '--quiet', ...args]);
}

function member(file: string, name: string): Promise<Buffer> {
  return run('tar', ['--extract', '--to-stdout', '--file', file, name]);
}
