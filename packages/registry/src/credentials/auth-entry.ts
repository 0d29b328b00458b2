import { configError, objectOf } from './config-file.js';
import type { Credentials } from './credentials.js';

/** An entry of `auths`: its file, and its key. */
export interface EntryPlace {
  readonly file: string;
  readonly key: string;
}

/** The characters that a header cannot have. */
const NOT_A_TOKEN = /[^\x21-\x7e]/;

/**
 * Returns the credentials of an entry of `auths`; null for an empty one, as docker writes it where a credential helper has
 * them. Its fields count in the order that docker gives them.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS, without any value of the entry
 */
export function credentialsOfEntry(value: unknown, place: EntryPlace): Credentials | null {
  const entry = objectOf(value, place.file, `the entry ${place.key}`);
  const text = (name: string): string => {
    const field = entry.get(name) ?? '';
    if (typeof field !== 'string') throw entryError(place, `${name} is not a string`);
    return field;
  };
  const registryToken = text('registrytoken');
  if (registryToken !== '') {
    if (NOT_A_TOKEN.test(registryToken)) throw entryError(place, 'registrytoken has invalid characters');
    return { kind: 'registry-token', token: registryToken };
  }
  const identityToken = text('identitytoken');
  if (identityToken !== '') return { kind: 'identity-token', token: identityToken };
  const auth = text('auth');
  if (auth !== '') return decodeAuth(auth, place);
  const username = text('username');
  return username === '' ? null : { kind: 'password', username, password: text('password') };
}

/** Returns the value of `auth` for a user name, which must not contain a colon, and a password. */
export function encodeAuth(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function decodeAuth(auth: string, place: EntryPlace): Credentials {
  const compact = auth.replace(/[\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) throw entryError(place, 'auth is not base64');
  const decoded = Buffer.from(compact, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon <= 0) throw entryError(place, 'auth has no user name and password');
  return {
    kind: 'password',
    username: decoded.slice(0, colon),
    password: trimNuls(decoded.slice(colon + 1)),
  };
}

/** Old versions of docker padded passwords with NUL bytes. */
function trimNuls(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
  return text.slice(0, end);
}

function entryError({ file, key }: EntryPlace, problem: string): Error {
  return configError(file, `${problem} in the entry ${key}`, `log in to the registry again`);
}
