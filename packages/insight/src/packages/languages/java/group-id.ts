import type { JarManifest } from './jar-manifest.js';

const GROUP_ID = /^[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)+$/;

/** Maven sets `Implementation-Vendor-Id` to the group; other tools to a vendor, whose packages have longer groups. */
const VENDOR_OF_GROUPS =
  /^(?:org\.(?:apache|codehaus|eclipse|jboss)|com\.(?:google|ibm|microsoft|oracle|sun))$/;

/**
 * Returns the group of a package without `pom.properties`, where fields of the manifest that tools set from it agree with
 * the name. Null rather than a guess: scanners search for vulnerabilities by it.
 */
export function groupIdOf(manifest: JarManifest, artifactId: string): string | null {
  const groupId = manifest.field('Group-Id');
  if (groupId !== null && GROUP_ID.test(groupId)) return groupId;
  const vendor = manifest.field('Implementation-Vendor-Id');
  if (vendor !== null && GROUP_ID.test(vendor) && !VENDOR_OF_GROUPS.test(vendor)) return vendor;
  return groupOfSymbolicName(manifest.field('Bundle-SymbolicName'), artifactId);
}

/**
 * The Maven Bundle Plugin makes the symbolic name of the group and the artifact, and repeats no part that ends the group
 * and starts the artifact: `org.slf4j.api` is `org.slf4j:slf4j-api`.
 */
function groupOfSymbolicName(field: string | null, artifactId: string): string | null {
  const name = field?.replace(/;.*$/, '').trim() ?? '';
  const [first = '', ...others] = artifactId.split(/[-.]/);
  const rest = others.join('.');
  if (
    rest !== '' &&
    [`.${first}.${rest}`, `.${first}.${others.join('-')}`].some((end) => name.endsWith(end))
  ) {
    const groupId = name.slice(0, -rest.length - 1);
    return GROUP_ID.test(groupId) ? groupId : null;
  }
  // Of a name that ends with the whole artifact, the group may be all of it, as of Guava, or what precedes it.
  const groupId = rest !== '' && name.endsWith(`.${artifactId}`) ? name.slice(0, -artifactId.length - 1) : '';
  return GROUP_ID.test(groupId) ? groupId : null;
}
