import { isLayersError } from '@layers/errors';
import { parseDockerManifest } from '../../oci/docker-manifest.js';
import { parseJson } from '../../oci/json.js';
import { parseManifest } from '../../oci/manifest.js';
import type { ArchiveReader } from '../archive/archive-reader.js';
import type { ContentKind } from './content-kind.js';

/** How many names are looked at. A directory may be the root of a disk. */
const MAX_NAMES = 10_000;

/** A kind of archive, recognised by the name of a file. */
interface NamedKind extends ContentKind {
  readonly file: RegExp;
}

const NAMED_KINDS: readonly NamedKind[] = [
  {
    name: 'a Helm chart',
    file: /^(?:[^/]+\/)?Chart\.yaml$/,
    advice: 'a chart contains no image: helm template FILE lists the images that it uses',
  },
  {
    name: 'an npm package',
    file: /^package\/package\.json$/,
    advice: 'only images can be read: build one that contains it',
  },
  {
    name: 'a package of Alpine or Arch Linux',
    file: /^\.PKGINFO$/,
    advice: 'only images can be read: build one that contains it',
  },
  {
    name: 'a virtual appliance',
    file: /^[^/]+\.ovf$/,
    advice: 'mount its disk, and archive the files with tar',
  },
  {
    name: 'an OCI runtime bundle',
    file: /^rootfs\/(?:etc\/os-release|bin\/sh|usr\/bin\/env)$/,
    advice: 'archive its folder rootfs with tar: that is a root file system, which can be imported',
  },
  {
    name: 'a build context',
    file: /^(?:Dockerfile|Containerfile)$/,
    advice: 'build the image, then save it: docker save -o FILE IMAGE',
  },
];

const NESTED_ARCHIVE = /\.(?:tar|tgz|tzst|txz|tbz2?|oci)(?:\.(?:gz|zst|xz|bz2))?$/;
const BLOB = /^(?:(?:blobs\/)?sha256\/)?[a-f0-9]{64}$/;

/** Returns what an archive or directory is that has no documents of an image. */
export function filesKind(reader: ArchiveReader): ContentKind {
  const names = someNames(reader);
  const isDirectory = reader.medium === 'directory';
  const [first] = names;
  if (first === undefined) {
    return isDirectory
      ? { name: 'an empty directory', advice: 'name an OCI layout' }
      : { name: 'a tar without files', advice: 'the command that wrote it may have failed: run it again' };
  }
  const folder = folderOfImage(reader, names);
  if (folder !== null) {
    const advice = isDirectory ? 'open that folder' : 'extract it, and open that folder: tar -xf FILE';
    const kind = isDirectory ? 'a directory' : 'a tar';
    return { name: `${kind} with an image in the folder ${folder}`, advice };
  }
  const named = NAMED_KINDS.find(({ file }) => names.some((name) => file.test(name)));
  if (named !== undefined) return { name: named.name, advice: named.advice };
  if (isRootfs(reader)) {
    return {
      name: 'a root file system, as docker export writes it',
      advice: 'import the root file system to make an image',
    };
  }
  if (names.some((name) => BLOB.test(name))) {
    return isDirectory
      ? {
          name: 'a directory of blobs without index.json',
          advice: 'open the directory that contains index.json and oci-layout',
        }
      : {
          name: 'a tar of blobs without index.json',
          advice: 'the archive is incomplete: save the image again, as with docker save -o FILE IMAGE',
        };
  }
  const [nested, ...others] = names.filter((name) => NESTED_ARCHIVE.test(name));
  if (nested !== undefined && others.length < 5) {
    const kind = isDirectory ? 'a directory with an archive' : 'a tar that contains an archive';
    const advice = isDirectory ? 'open that archive' : 'extract it, and open that archive: tar -xf FILE';
    return { name: `${kind}, ${nested}`, advice };
  }
  const files = `without index.json and manifest.json; it has files such as ${first}`;
  return {
    name: `a ${isDirectory ? 'directory' : 'tar'} ${files}`,
    advice: 'if its files are a root file system, import it to make an image',
  };
}

function someNames(reader: ArchiveReader): readonly string[] {
  const names: string[] = [];
  try {
    for (const name of reader.names()) if (names.push(name) === MAX_NAMES) break;
  } catch (error) {
    // A directory below cannot be read. The names before it are enough.
    if (!isLayersError(error)) throw error;
  }
  return names;
}

/** Returns the folder that contains the documents of an image; null where none does. */
function folderOfImage(reader: ArchiveReader, names: readonly string[]): string | null {
  for (const name of names) {
    const [, folder, file] = /^((?:[^/]+\/){0,2}[^/]+)\/(oci-layout|manifest\.json)$/.exec(name) ?? [];
    if (folder !== undefined && (file === 'oci-layout' || isImageDocument(reader, name))) return folder;
  }
  return null;
}

/** Web pages have files called `manifest.json` too. */
function isImageDocument(reader: ArchiveReader, name: string): boolean {
  try {
    const file = reader.find(name);
    if (file === null) return false;
    const json = parseJson(reader.read(file), name);
    if (!Array.isArray(json)) return parseManifest(json, name).schemaVersion === 2;
    return parseDockerManifest(json, name).length > 0;
  } catch (error) {
    if (!isLayersError(error)) throw error;
    return false;
  }
}

const ROOTFS_FILES = ['etc/passwd', 'bin/sh', 'usr/bin/env', 'etc/os-release', '.dockerenv'];

function isRootfs(reader: ArchiveReader): boolean {
  return ROOTFS_FILES.some((name) => {
    try {
      return reader.find(name) !== null;
    } catch (error) {
      // A link that leads nowhere is a name all the same.
      if (!isLayersError(error)) throw error;
      return true;
    }
  });
}
