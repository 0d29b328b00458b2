/** Recognises an image archive by the names in the root of a tar. */
export interface ArchiveNames {
  add(path: Uint8Array): void;
  /** Returns whether all names occur in image archives, and documents that describe an image are among them. */
  isArchive(): boolean;
}

const DOCUMENTS: ReadonlySet<string> = new Set([
  'oci-layout',
  'index.json',
  'manifest.json',
  'repositories',
  'config.json',
]);
const BLOB = /^(?:blobs|(?:sha256:)?[0-9a-f]{12,128}(?:\.json|\.tar|\.tar\.gz|\.tar\.zst|\.tgz)?)$/;

/** The longest name in the root of an image archive has 142 bytes. */
const MAX_BYTES = 160;

export function createArchiveNames(): ArchiveNames {
  const documents = new Set<string>();
  let hasBlobs = false;
  let hasOthers = false;
  return {
    add(path) {
      if (hasOthers) return;
      const name = rootName(path);
      if (name === '') return;
      if (DOCUMENTS.has(name)) documents.add(name);
      else if (BLOB.test(name)) hasBlobs = true;
      else hasOthers = true;
    },
    isArchive() {
      if (hasOthers || !hasBlobs) return false;
      const isLayout = documents.has('oci-layout') && documents.has('index.json');
      return isLayout || documents.has('manifest.json') || documents.has('repositories');
    },
  };
}

function rootName(path: Uint8Array): string {
  const text = Buffer.from(path.subarray(0, MAX_BYTES)).toString('latin1');
  return /^(?:\.?\/)*([^/]*)/.exec(text)?.[1]?.replace(/^\.$/, '') ?? '';
}
