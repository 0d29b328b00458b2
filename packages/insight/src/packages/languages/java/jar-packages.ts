import type { LanguagePackage } from '../language-package.js';
import { groupIdOf } from './group-id.js';
import type { JarContents } from './jar-contents.js';
import { type JarFileName, parseJarFileName } from './jar-file-name.js';
import type { JarManifest } from './jar-manifest.js';
import type { PomProperties } from './pom-properties.js';

/** The fields of a manifest that may name the package, the best one first. */
const NAME_FIELDS = [
  'Bundle-Name',
  'Short-Name',
  'Extension-Name',
  'Implementation-Title',
  'Automatic-Module-Name',
];

/** A jar with this field contains changes of other packages, by the names of these. */
const OTHER_PACKAGES_FIELD = 'Weave-Classes';

/**
 * Returns the package that an archive is, and the packages whose classes a tool copied into it: those whose
 * `pom.properties` are in it. `path` is that of the archive; `innerPath` its path in another one.
 */
export function packagesOfJar(
  { manifest, poms }: JarContents,
  path: string,
  innerPath: string | null,
): LanguagePackage[] {
  if (manifest?.has(OTHER_PACKAGES_FIELD) === true) return [];
  const fileName = parseJarFileName(path);
  const own = ownPom(poms, fileName, path);
  const main = own === null ? withoutPom(manifest, fileName) : ofPom(own);
  const packages: LanguagePackage[] = [];
  if (main !== null) {
    const licences = manifest?.licences() ?? [];
    packages.push({
      ...main,
      licences: licences.length > 0 ? licences : main.licences,
      innerPath,
      isWholeFile: innerPath === null,
    });
  }
  for (const pom of poms) {
    if (pom === own) continue;
    packages.push({ ...ofPom(pom), innerPath: innerPath === null ? pom.path : `${innerPath}!/${pom.path}` });
  }
  return withoutRepeats(packages);
}

/**
 * Returns which of the `pom.properties` is that of the archive itself: the one that made its name; else one whose
 * artifact starts or ends the name, as names may lack a version or have a prefix.
 */
function ownPom(poms: readonly PomProperties[], { name }: JarFileName, path: string): PomProperties | null {
  const base = path.slice(path.lastIndexOf('/') + 1);
  // The longest, since `log4j-1` also starts `log4j-1.2-api-2.17.1.jar`.
  const [exact] = poms
    .filter(({ artifactId, version }) => base.startsWith(`${artifactId}-${version}`))
    .sort((a, b) => fileNameLength(b) - fileNameLength(a));
  if (exact !== undefined || name === null) return exact ?? null;
  const equal = poms.find(({ artifactId }) => plain(artifactId) === plain(name));
  return equal ?? poms.find(({ artifactId: id }) => id.startsWith(name) || name.endsWith(id)) ?? null;
}

function fileNameLength({ artifactId, version }: PomProperties): number {
  return artifactId.length + version.length;
}

/** Distributions rename `error_prone_annotations` to `error-prone-annotations.jar`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[_.]/g, '-');
}

function withoutPom(manifest: JarManifest | null, fileName: JarFileName): LanguagePackage | null {
  // Archives that no tool for Java made have no manifest. Only a version shows that such a file is a package.
  if (manifest === null && fileName.version === null) return null;
  const name = symbolicArtifact(manifest) ?? fileName.name ?? nameOf(manifest);
  if (name === null) return null;
  const namespace = manifest === null ? null : groupIdOf(manifest, name);
  return packageOf(namespace, name, fileName.version ?? manifest?.version() ?? null);
}

function nameOf(manifest: JarManifest | null): string | null {
  const values = NAME_FIELDS.map((field) => manifest?.field(field) ?? null);
  return values.find((value) => value !== null) ?? null;
}

/** Jenkins names the file of a plugin freely, but not this field. */
function symbolicArtifact(manifest: JarManifest | null): string | null {
  return manifest?.field('Plugin-Version') == null ? null : manifest.field('Short-Name');
}

function ofPom({ groupId, artifactId, version, licences }: PomProperties): LanguagePackage {
  return { ...packageOf(groupId, artifactId, version), licences };
}

function packageOf(namespace: string | null, name: string, version: string | null): LanguagePackage {
  return {
    ecosystem: 'maven',
    namespace,
    name,
    version,
    licences: [],
    platform: null,
    innerPath: null,
    isWholeFile: false,
  };
}

function withoutRepeats(packages: readonly LanguagePackage[]): LanguagePackage[] {
  const seen = new Set<string>();
  return packages.filter(({ namespace, name, version }) => {
    const key = [namespace, name, version].join('\0');
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
