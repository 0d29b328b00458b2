import { homedir } from 'node:os';
import { SCHEMA_VERSION } from '@layers/core/analysis';
import { tryParseReference } from '@layers/core/oci';
import { usageError } from '../command-error.js';
import type { CredentialPlaceFields, LoginDocument } from '../documents/transfer.js';
import type { ExitStatus } from '../exit-status.js';
import { askForLine, askForSecret } from '../input/prompt.js';
import { type RegistryFlags, readPassword, registryOptions } from '../input/registry-options.js';
import { escapeForTerminal } from '../output/escape.js';
import { present } from '../render/present.js';
import { renderLogin } from '../render/registry.js';
import type { Session } from '../session.js';

/** The registry of names without one. */
const DOCKER_HUB = 'docker.io';

/** Runs `layers login`: checks credentials with a registry, and saves them. */
export async function login(
  host: string | undefined,
  flags: RegistryFlags,
  session: Session,
): Promise<ExitStatus> {
  const registry = registryDomain(host);
  const { createRegistryClient, saveCredentials } = await import('@layers/registry');
  const credentials = { kind: 'password', ...(await askFor(registry, flags, session)) } as const;
  const { passwordStdin: _, ...others } = flags;
  const { env, signal } = session;
  const options = await registryOptions(others, session);
  // Only the credentials that were given are checked, also where others are saved.
  const client = createRegistryClient({ ...options, authFile: undefined, env, signal, credentials });
  await client.checkAccess(registry);
  const place = await saveCredentials(registry, credentials, {
    env,
    homeDirectory: env['HOME'] ?? homedir(),
    authFile: flags.authfile,
  });
  const saved = placeFields(place);
  if (saved.kind === 'file' && flags.quiet !== true) {
    session.stderr.write(
      `warning: the password is saved as plain text in ${escapeForTerminal(saved.file)}; a credential helper keeps it elsewhere\n`,
    );
  }
  const document: LoginDocument = {
    schemaVersion: SCHEMA_VERSION,
    registry,
    username: credentials.username,
    saved,
    findings: [],
  };
  return present({ document, render: () => renderLogin(document), showsFindings: true }, flags, session);
}

/** Returns the domain of a registry, as image names have it. Throws ERR_LAYERS_USAGE. */
export function registryDomain(host = DOCKER_HUB): string {
  const name = host.replace(/^(?:https?|docker|registry):\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
  const reference = tryParseReference(`${name}/image`);
  if (name !== '' && !name.includes('/') && reference?.path.endsWith('image') === true) {
    // Without a dot or a port, a host is the first component of a path in Docker Hub.
    if (reference.domain === name || name === 'index.docker.io') return reference.domain;
  }
  throw usageError(
    `${JSON.stringify(host)} is not the name of a registry`,
    'write HOST[:PORT], such as ghcr.io or localhost:5000',
  );
}

export function placeFields(place: {
  readonly kind: 'file' | 'helper';
  readonly file: string;
  readonly program?: string;
}): CredentialPlaceFields {
  return { kind: place.kind, file: place.file, program: place.program ?? null };
}

async function askFor(
  registry: string,
  { username: given, passwordStdin }: RegistryFlags,
  session: Session,
): Promise<{ readonly username: string; readonly password: string }> {
  if (passwordStdin === true) {
    const password = await readPassword(given, session.stdin);
    return { username: given ?? '', password };
  }
  if (session.stdin.isTTY !== true) {
    throw usageError(
      'standard input is not a terminal to ask for a password',
      `pipe it: … | layers login -u NAME --password-stdin ${registry}`,
    );
  }
  const username = given ?? (await askForLine('Username: ', session));
  const password = username === '' ? '' : await askForSecret('Password: ', session);
  if (password === '')
    throw usageError('no user name or password given', 'type both, or pipe the password: --password-stdin');
  return { username, password };
}
