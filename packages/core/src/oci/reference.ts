import { LayersError } from '@layers/errors';
import { type Digest, isDigest } from '../digest/digest.js';
import { quoted } from './validate.js';

/** A fully qualified image name: `alpine` has the domain docker.io and the path library/alpine. */
export interface Reference {
  readonly domain: string;
  readonly path: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

const DEFAULT_DOMAIN = 'docker.io';
const DEFAULT_TAG = 'latest';
const OFFICIAL = 'library/';

const PATH_COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const DOMAIN_LABEL = /^[a-zA-Z0-9]+(?:-+[a-zA-Z0-9]+)*$/;
const IPV6_HOST = /^\[[a-fA-F0-9:]+\](?::[0-9]+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const IMAGE_ID = /^(?:[a-f0-9]{64}|sha256:[a-f0-9]{1,64}|sha512:[a-f0-9]{128})$/;

/** Repositories of docker.io without a namespace that Docker refuses in tags: a tag makes them an id, or they are one. */
const RESERVED = /^(?:sha256|[a-f0-9]{64})$/;

/** Path and domain have at most 255 characters each, a tag 128, a sha512 digest 135. */
const MAX_LENGTH = 1024;
const MAX_NAME_LENGTH = 255;

/**
 * Whether a text can only be an image id: the 64 digits of a SHA-256, or a digest, which may lack its last digits after
 * `sha256:`. Such a text is never a name: as the name of another image, it would hide the image with that id. Docker refuses
 * such names too.
 */
export function isImageId(text: string): boolean {
  return IMAGE_ID.test(text);
}

/** Whether Docker refuses a text as the name of an image, because it is an image id or resembles one. */
export function isReservedName(text: string): boolean {
  const short = text.replace(/^(?:docker\.io\/)?(?:library\/)?/, '');
  return isImageId(short) || RESERVED.test(short.replace(/[:@].*$/s, ''));
}

/**
 * Parses and qualifies a reference as docker does (the grammar of distribution/reference), without adding a tag.
 *
 * @throws LayersError ERR_LAYERS_REFERENCE
 */
export function parseReference(text: string): Reference {
  const reference = tryParseReference(text);
  if (reference !== undefined) return reference;
  throw new LayersError('ERR_LAYERS_REFERENCE', `${quoted(text)} is not an image reference`, {
    hint: isImageId(text)
      ? 'this is an image id; use a name such as alpine:3.20'
      : 'use [registry/]name[:tag][@digest] with a lower-case name, such as alpine:3.20',
  });
}

/** Parses a reference as `parseReference` does; returns undefined for an invalid one. */
export function tryParseReference(text: string): Reference | undefined {
  if (text.length > MAX_LENGTH || isImageId(text)) return undefined;
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) return undefined;
  const { domain, rest } = splitDomain(at < 0 ? text : text.slice(0, at));
  const colon = rest.indexOf(':');
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  if (domain.length > MAX_NAME_LENGTH || !isDomain(domain)) return undefined;
  if (path.length > MAX_NAME_LENGTH) return undefined;
  if (!path.split('/').every((component) => PATH_COMPONENT.test(component))) return undefined;
  if (domain === DEFAULT_DOMAIN && path.startsWith(OFFICIAL)) {
    const name = path.slice(OFFICIAL.length);
    // The name in docker's short form would be an id.
    if (RESERVED.test(name) || isImageId(`${name}:${tag ?? ''}`)) return undefined;
  }
  return { domain, path, tag, digest };
}

function isDomain(domain: string): boolean {
  if (IPV6_HOST.test(domain)) return true;
  const host = domain.replace(/:[0-9]+$/, '');
  return host.split('.').every((label) => DOMAIN_LABEL.test(label));
}

/** Splits off the domain: the first component, if it cannot be part of a path or is `localhost`. */
function splitDomain(name: string): { readonly domain: string; readonly rest: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const qualified = first === 'localhost' || /[.:A-Z]/.test(first);
  const domain = !qualified || first === 'index.docker.io' ? DEFAULT_DOMAIN : first;
  const rest = qualified ? name.slice(slash + 1) : name;
  const official = domain === DEFAULT_DOMAIN && !rest.includes('/');
  return { domain, rest: official ? OFFICIAL + rest : rest };
}

/** Adds the tag `latest` to a reference without tag and digest. */
export function withDefaultTag(reference: Reference): Reference {
  if (reference.tag !== undefined || reference.digest !== undefined) return reference;
  return { ...reference, tag: DEFAULT_TAG };
}

/** Returns the name without tag and digest as docker shows it: `alpine`, `me/app`, `ghcr.io/me/app`. */
export function familiarName(reference: Reference): string {
  const { domain, path } = reference;
  if (domain !== DEFAULT_DOMAIN) return `${domain}/${path}`;
  const name = path.startsWith(OFFICIAL) ? path.slice(OFFICIAL.length) : path;
  return name.includes('/') ? path : name;
}

/** Returns the reference as docker shows it: `alpine:3.20`. */
export function familiarReference(reference: Reference): string {
  return familiarName(reference) + suffix(reference);
}

/** Returns the fully qualified reference: `docker.io/library/alpine:3.20`. */
export function formatReference(reference: Reference): string {
  return `${reference.domain}/${reference.path}${suffix(reference)}`;
}

function suffix({ tag, digest }: Reference): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
}

/** Returns a tag of an archive as docker shows it. An invalid reference is returned unchanged: it may be any text. */
export function familiarTag(tag: string): string {
  const reference = tryParseReference(tag);
  return reference === undefined ? tag : familiarReference(reference);
}

/**
 * Returns whether the user's `query` names the image with the tag `tag`: `alpine`, `alpine:latest` and
 * `docker.io/library/alpine:latest` are equal. A tag that is not a reference must be equal to the query.
 */
export function referenceMatches(query: string, tag: string): boolean {
  if (query === tag) return true;
  const [queried, tagged] = [tryParseReference(query), tryParseReference(tag)];
  if (queried === undefined || tagged === undefined) return false;
  return formatReference(withDefaultTag(queried)) === formatReference(withDefaultTag(tagged));
}
