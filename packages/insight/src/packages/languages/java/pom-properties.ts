import { statedText } from '../stated-text.js';

/** The identity of a package that Maven stores in the jars that it builds. */
export interface PomProperties {
  /** The path of the file in the archive. */
  readonly path: string;
  readonly groupId: string | null;
  readonly artifactId: string;
  readonly version: string;
  /** Those of the `pom.xml` beside it. */
  readonly licences: readonly string[];
}

/** Parses `pom.properties`, in the form of Java properties. Returns null where the artifact or its version is absent. */
export function parsePomProperties(path: string, text: string): Omit<PomProperties, 'licences'> | null {
  const values = new Map<string, string | null>();
  for (const line of text.split(/\r\n?|\n/)) {
    const [, key, value = ''] = /^\s*(groupId|artifactId|version)\s*[=:](.*)$/.exec(line) ?? [];
    if (key !== undefined) values.set(key, statedText(value.replace(/\\(.)/g, '$1')));
  }
  const artifactId = values.get('artifactId') ?? null;
  const version = values.get('version') ?? null;
  if (artifactId === null || version === null || version.includes('${')) return null;
  return { path, groupId: values.get('groupId') ?? null, artifactId, version };
}
