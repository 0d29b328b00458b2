import type { Credentials } from './credentials.js';
import { type HelperOptions, helperError, helperProgram, runHelper } from './run-helper.js';

/** What helpers print, with a failure, for a server that they do not know. */
const NOT_FOUND = 'credentials not found in native keychain';

/** The user name that stands for an identity token. */
const TOKEN_USER = '<token>';

/**
 * Asks a credential helper for the credentials of a server. Returns null if it has none.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS
 */
export async function getFromHelper(
  name: string,
  server: string,
  options: HelperOptions,
): Promise<Credentials | null> {
  const { succeeded, output } = await runHelper(name, 'get', server, options);
  const hint = `run echo ${server} | ${helperProgram(name)} get to see what it prints`;
  if (!succeeded) {
    if (output.includes(NOT_FOUND)) return null;
    throw helperError(name, `failed for ${server}`, hint);
  }
  const answer = parseAnswer(output);
  if (answer === null) throw helperError(name, `printed no credentials for ${server}`, hint);
  const { username, secret } = answer;
  if (username === '' && secret === '') return null;
  return username === TOKEN_USER
    ? { kind: 'identity-token', token: secret }
    : { kind: 'password', username, password: secret };
}

/**
 * Gives a credential helper the credentials of a server.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS
 */
export async function storeInHelper(
  name: string,
  server: string,
  credentials: Credentials,
  options: HelperOptions,
): Promise<void> {
  if (credentials.kind === 'registry-token') {
    throw helperError(name, 'cannot store a registry token', 'use a password or an identity token');
  }
  const [username, secret] =
    credentials.kind === 'password'
      ? [credentials.username, credentials.password]
      : [TOKEN_USER, credentials.token];
  const input = JSON.stringify({ ServerURL: server, Username: username, Secret: secret });
  const { succeeded } = await runHelper(name, 'store', input, options);
  if (!succeeded) {
    throw helperError(name, `did not store the credentials for ${server}`, checkHint(name));
  }
}

/**
 * Removes the credentials of a server from a credential helper. Returns false if it has none.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS
 */
export async function eraseFromHelper(
  name: string,
  server: string,
  options: HelperOptions,
): Promise<boolean> {
  // Some helpers report success for a server that they do not know.
  if ((await getFromHelper(name, server, options)) === null) return false;
  const { succeeded } = await runHelper(name, 'erase', server, options);
  if (!succeeded) {
    throw helperError(name, `did not remove the credentials for ${server}`, checkHint(name));
  }
  return true;
}

function checkHint(name: string): string {
  return `run ${helperProgram(name)} list to see if it works`;
}

function parseAnswer(output: string): { readonly username: string; readonly secret: string } | null {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    // The message of the engine quotes the output, which may contain the secret.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [username, secret] = [fields.get('Username'), fields.get('Secret')];
  return typeof username === 'string' && typeof secret === 'string' ? { username, secret } : null;
}
