import type { RandomAccessFile } from '../language-package.js';
import { unlessMalformed } from '../malformed-file.js';
import { isReadable, readEntry } from '../zip/zip-content.js';
import { type ZipEntry, zipEntries } from '../zip/zip-entries.js';
import { isJarName } from './jar-file-name.js';
import { JarManifest } from './jar-manifest.js';
import { licencesOfPom } from './pom-licences.js';
import { type PomProperties, parsePomProperties } from './pom-properties.js';
import type { ReadingQuota } from './reading-quota.js';

/** What a Java archive says about packages. */
export interface JarContents {
  readonly manifest: JarManifest | null;
  readonly poms: readonly PomProperties[];
  /** Archives in it. */
  readonly archives: readonly ZipEntry[];
}

/** Signed jars have a section for each class in the manifest. */
const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;
const MAX_POM_BYTES = 1024 * 1024;

const MANIFEST = 'meta-inf/manifest.mf';

/** Reads the directory of an archive and the files in it that identify packages. Throws MalformedFile. */
export function readJarContents(file: RandomAccessFile, quota: ReadingQuota): JarContents {
  let manifest: ZipEntry | null = null;
  const poms: ZipEntry[] = [];
  const pomTexts = new Map<string, ZipEntry>();
  const archives: ZipEntry[] = [];
  for (const entry of zipEntries(file)) {
    if (!quota.takeEntry()) break;
    if (!isReadable(entry)) continue;
    const { name } = entry;
    if (name.endsWith('pom.properties')) {
      if (quota.takePom()) poms.push(entry);
    } else if (name.endsWith('/pom.xml')) {
      if (quota.takePom()) pomTexts.set(name, entry);
    } else if (isJarName(name)) archives.push(entry);
    else if (manifest === null && name.length === MANIFEST.length && name.toLowerCase() === MANIFEST) {
      manifest = entry;
    }
  }
  const textOf = (entry: ZipEntry, limit: number): string | null => {
    const bytes = Math.max(entry.bytes, entry.compressedBytes);
    if (bytes > limit || !quota.takeBytes(bytes)) return null;
    const content = unlessMalformed(() => readEntry(file, entry), null);
    return content === null ? null : new TextDecoder('utf-8').decode(content);
  };
  const manifestText = manifest === null ? null : textOf(manifest, MAX_MANIFEST_BYTES);
  return {
    manifest: manifestText === null ? null : new JarManifest(manifestText),
    poms: poms
      .map((entry) => {
        const pom = parsePomProperties(entry.name, textOf(entry, MAX_POM_BYTES) ?? '');
        const xml = pomTexts.get(entry.name.replace(/pom\.properties$/, 'pom.xml'));
        const xmlText = pom === null || xml === undefined ? null : textOf(xml, MAX_POM_BYTES);
        return pom === null ? null : { ...pom, licences: xmlText === null ? [] : licencesOfPom(xmlText) };
      })
      .filter((pom) => pom !== null)
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    archives,
  };
}
