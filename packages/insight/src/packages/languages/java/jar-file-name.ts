import { statedText } from '../stated-text.js';

/** Names of Java archives: libraries, applications, plugins of Jenkins, Karaf, Liferay, NiFi and ZAP. */
const EXTENSION = /\.(?:jar|war|ear|par|sar|nar|jpi|hpi|kar|far|lpkg|rar|zap)$/i;

/** The names that a version follows start with a letter; a version starts with a digit, `build1`, `r1` or `rc1`. */
const NAME_DASH_VERSION = /^([A-Za-z][^-]*(?:-[A-Za-z][^-]*)*?)-((?:\d|build\d|rc?\d+(?![A-Za-z0-9])).*)$/i;

/** Names such as `org.eclipse.core_3.1.0` and `tool.1.2`. */
const NAME_SEPARATOR_VERSION = /^([A-Za-z].*?)[._](\d.*)$/;

/** What the name of an archive says, such as `commons-io-2.11.0.jar`. */
export interface JarFileName {
  readonly name: string | null;
  readonly version: string | null;
}

/** Returns whether the name of a file is that of a Java archive. */
export function isJarName(path: string): boolean {
  return EXTENSION.test(path);
}

export function parseJarFileName(path: string): JarFileName {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(EXTENSION, '');
  const match =
    base.length > 512 ? null : (NAME_DASH_VERSION.exec(base) ?? NAME_SEPARATOR_VERSION.exec(base));
  if (match !== null) return { name: statedText(match[1]), version: statedText(match[2]) };
  return { name: /^[A-Za-z]/.test(base) ? statedText(base) : null, version: null };
}
