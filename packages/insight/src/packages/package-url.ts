import type { Distribution } from './document.js';
import type { PackageType } from './package-type.js';

/** What a package URL is made of. */
export interface PackageUrlParts {
  readonly type: PackageType;
  readonly namespace: string | null;
  readonly name: string;
  readonly version: string | null;
  readonly architecture: string | null;
  /** The source package, as `upstream`. */
  readonly source: { readonly name: string; readonly version: string | null } | null;
  readonly platform: string | null;
}

/** The types of package URLs that are not the words of the document. */
const URL_TYPES: Readonly<Partial<Record<PackageType, string>>> = { dpkg: 'deb' };

/** The vendors of distributions, where they are not the id in `os-release`. */
const RPM_VENDORS: Readonly<Record<string, string>> = { rhel: 'redhat' };

/**
 * Returns the package URL of a package. Built by hand, since any text may be a name or a version in an image, and each must
 * have a URL.
 *
 * @see https://github.com/package-url/purl-spec
 */
export function packageUrl(parts: PackageUrlParts, distribution: Distribution | null): string {
  const { type, version } = parts;
  const { namespace, name } = normalised(parts, distribution);
  const [epoch, plain] = type === 'rpm' ? splitEpoch(version ?? '') : [null, version ?? ''];
  const path = [...(namespace === null ? [] : namespace.split('/')), ...name]
    .filter((part) => part !== '')
    .map(encoded)
    .join('/');
  const at = plain === '' ? '' : `@${encoded(plain)}`;
  const qualifiers = qualifiersOf(parts, epoch, distribution)
    .map(([key, value]) => `${key}=${encoded(value)}`)
    .sort()
    .join('&');
  return `pkg:${URL_TYPES[type] ?? type}/${path}${at}${qualifiers === '' ? '' : `?${qualifiers}`}`;
}

function normalised(
  { type, namespace, name }: PackageUrlParts,
  distribution: Distribution | null,
): { readonly namespace: string | null; readonly name: readonly string[] } {
  switch (type) {
    case 'apk':
    case 'dpkg':
      return { namespace: distribution?.id.toLowerCase() ?? null, name: [name.toLowerCase()] };
    case 'rpm': {
      const id = distribution?.id.toLowerCase();
      return { namespace: id === undefined ? null : (RPM_VENDORS[id] ?? id), name: [name] };
    }
    case 'pypi':
      // The normalised name of PEP 503.
      return { namespace: null, name: [name.toLowerCase().replace(/[-_.]+/g, '-')] };
    case 'npm':
    case 'golang':
      return { namespace: null, name: name.split('/') };
    default:
      return { namespace, name: [name] };
  }
}

function qualifiersOf(
  { type, name, architecture, source, platform }: PackageUrlParts,
  epoch: string | null,
  distribution: Distribution | null,
): [key: string, value: string][] {
  const isOfSystem = type === 'apk' || type === 'dpkg' || type === 'rpm';
  const qualifiers: [string, string | null][] = [
    ['platform', platform],
    ['arch', isOfSystem ? architecture : null],
    ['epoch', epoch],
    ['distro', isOfSystem ? distributionText(distribution) : null],
    ['upstream', upstreamOf(source, name)],
  ];
  return qualifiers.flatMap(([key, value]) => (value === null || value === '' ? [] : [[key, value]]));
}

function distributionText(distribution: Distribution | null): string | null {
  if (distribution === null) return null;
  return [distribution.id, distribution.versionId].filter((part) => part !== null).join('-');
}

function upstreamOf(source: PackageUrlParts['source'], name: string): string | null {
  if (source === null || (source.name === name && source.version === null)) return null;
  return source.version === null ? source.name : `${source.name}@${source.version}`;
}

/** Splits the epoch from a version of rpm, which the URL has as a qualifier. */
function splitEpoch(version: string): [epoch: string | null, rest: string] {
  const [, epoch, rest] = /^(\d+):(.*)$/s.exec(version) ?? [];
  return epoch === undefined || rest === undefined ? [null, version] : [epoch, rest];
}

/** Encodes all but the characters that the specification allows in every component. The text is well-formed. */
function encoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%3A/g, ':');
}
