import { LayersError } from '@layers/errors';
import { encodeAuth } from './auth-entry.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { matchingKeys, serverOf } from './config-keys.js';
import { type ConfigOptions, savePath } from './config-locations.js';
import { eraseFromHelper, storeInHelper } from './credential-helper.js';
import { helperFor } from './credential-source.js';
import type { Credentials } from './credentials.js';
import { removeAuth, setAuth } from './edit-auths.js';
import { type HelperOptions, helperProgram } from './run-helper.js';
import { writeConfig } from './write-config.js';

export interface SaveCredentialsOptions extends ConfigOptions, HelperOptions {}

/** Where credentials are saved. */
export type CredentialPlace =
  /** In the credential helper `program`, such as `docker-credential-pass`, which `file` names. */
  | { readonly kind: 'helper'; readonly program: string; readonly file: string }
  /** In the file itself, as plain text: base64 is no encryption. */
  | { readonly kind: 'file'; readonly file: string };

/**
 * Saves the credentials for a registry where docker saves them: in the credential helper that the file names for the
 * registry, else in the file itself. Replaces those that are there. The rest of the file stays as it is.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS
 */
export async function saveCredentials(
  domain: string,
  credentials: Credentials,
  options: SaveCredentialsOptions,
): Promise<CredentialPlace> {
  const path = savePath(options);
  const file = readForSaving(path);
  const server = serverOf(domain);
  const helper = file === null ? null : helperFor(file, domain);
  const entry = helper === null ? entryOf(credentials) : {};
  if (helper !== null) await storeInHelper(helper, server, credentials, options);
  let text = file?.text ?? '';
  for (const key of keysOf(file, domain)) if (key !== server) text = removeAuth(text, key);
  // Docker leaves an empty entry for a registry whose credentials a helper has.
  await writeConfig(path, setAuth(text, server, entry));
  return helper === null
    ? { kind: 'file', file: path }
    : { kind: 'helper', program: helperProgram(helper), file: path };
}

/**
 * Removes the credentials for a registry from the credential helper and the file that `saveCredentials` writes to. Those
 * for single repositories stay.
 *
 * @returns the places that had credentials; none if there were no credentials
 * @throws LayersError ERR_LAYERS_CREDENTIALS
 */
export async function removeCredentials(
  domain: string,
  options: SaveCredentialsOptions,
): Promise<readonly CredentialPlace[]> {
  const path = savePath(options);
  const file = readForSaving(path);
  if (file === null) return [];
  const places: CredentialPlace[] = [];
  const helper = helperFor(file, domain);
  if (helper !== null && (await eraseFromHelper(helper, serverOf(domain), options))) {
    places.push({ kind: 'helper', program: helperProgram(helper), file: path });
  }
  const keys = keysOf(file, domain);
  if (keys.length > 0) {
    await writeConfig(path, keys.reduce(removeAuth, file.text));
    if (keys.some((key) => !isEmptyEntry(file.auths.get(key)))) places.push({ kind: 'file', file: path });
  }
  return places;
}

function readForSaving(path: string): ConfigFile | null {
  return readConfigFile({ path, isLegacy: false, isNamed: true, isRequired: false });
}

function keysOf(file: ConfigFile | null, domain: string): readonly string[] {
  return file === null ? [] : matchingKeys(file.auths.keys(), domain, '');
}

/** Whether an entry has no credentials. An entry that is no object is damaged, and not empty. */
function isEmptyEntry(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function entryOf(credentials: Credentials): Readonly<Record<string, string>> {
  switch (credentials.kind) {
    case 'password': {
      const { username, password } = credentials;
      if (username === '' || username.includes(':')) {
        throw new LayersError('ERR_LAYERS_CREDENTIALS', 'a user name is empty or contains a colon', {
          hint: 'check the user name',
        });
      }
      return { auth: encodeAuth(username, password) };
    }
    case 'identity-token':
      // Podman ignores entries without a user name.
      return { auth: encodeAuth('<token>', ''), identitytoken: credentials.token };
    case 'registry-token':
      return { registrytoken: credentials.token };
  }
}
