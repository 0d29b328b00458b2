import { addOwner, type Owners } from './package-owner.js';

const MD5 = /^[0-9a-f]{32}$/;

/** Reads a `.md5sums` file of dpkg: a digest, two spaces, and a path without the first slash. */
export function readMd5sums(text: string, name: string, owners: Owners): void {
  for (const line of text.split('\n')) {
    const digest = line.slice(0, 32);
    if (!MD5.test(digest)) continue;
    addOwner(owners, `/${line.slice(34)}`, { system: 'dpkg', name, algorithm: 'md5', digest });
  }
}

/** Reads the configuration files in the records of dpkg, which no `.md5sums` has (deb-conffiles(5)). */
export function readConffiles(text: string, owners: Owners): void {
  let name = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('Package: ')) name = line.slice(9).trim();
    const [, path, digest] = /^ (\/\S+) ([0-9a-f]{32})(?: \S+)?$/.exec(line) ?? [];
    if (path !== undefined && digest !== undefined)
      addOwner(owners, path, { system: 'dpkg', name, algorithm: 'md5', digest });
  }
}

/** Reads the files in the records of apk: `F:` is a directory, `R:` a file in it, `Z:Q1` its SHA-1 in base64. */
export function readApkFiles(text: string, owners: Owners): void {
  let [name, directory, file] = ['', '', ''];
  for (const line of text.split('\n')) {
    const value = line.slice(2);
    if (line.startsWith('P:')) name = value;
    else if (line.startsWith('F:')) directory = value;
    else if (line.startsWith('R:')) file = directory === '' ? `/${value}` : `/${directory}/${value}`;
    else if (line.startsWith('Z:Q1')) {
      const digest = Buffer.from(value.slice(2), 'base64').toString('hex');
      addOwner(owners, file, { system: 'apk', name, algorithm: 'sha1', digest });
    }
  }
}

/**
 * Reads the `RECORD` of an installed Python package: a path relative to `site`, a digest in base64url, and a size.
 *
 * @see PyPA, "Recording installed projects"
 */
export function readRecord(
  text: string,
  { site, name }: { site: string; name: string },
  owners: Owners,
): void {
  for (const line of text.split('\n')) {
    const [, path, algorithm, value] =
      /^"?([^",]{1,4096})"?,(sha256|sha384|sha512)=([A-Za-z0-9_-]{43,86}),/.exec(line) ?? [];
    if (path === undefined || value === undefined || !isAlgorithm(algorithm)) continue;
    const digest = Buffer.from(value, 'base64url').toString('hex');
    addOwner(owners, `${site}/${path}`, { system: 'python', name, algorithm, digest });
  }
}

function isAlgorithm(name: string | undefined): name is 'sha256' | 'sha384' | 'sha512' {
  return name === 'sha256' || name === 'sha384' || name === 'sha512';
}
