import type { RegistryOptions } from '@layers/registry';
import { usageError } from '../command-error.js';
import type { CommonFlags, RegistryAccess, Session } from '../session.js';

/** The options of commands that name a registry. */
export interface RegistryFlags extends CommonFlags, RegistryAccess {
  readonly username?: string;
  readonly passwordStdin?: boolean;
}

const MAX_PASSWORD_BYTES = 64 * 1024;

/**
 * Returns the options of a client. Reads the password of `--password-stdin`.
 *
 * @throws LayersError ERR_LAYERS_USAGE
 */
export async function registryOptions(
  flags: RegistryFlags,
  session: Pick<Session, 'env' | 'stdin'>,
): Promise<RegistryOptions> {
  const { username, authfile, insecure, certDir, mirror } = flags;
  const mirrors = mirror ?? words(session.env['LAYERS_REGISTRY_MIRRORS']);
  const password = flags.passwordStdin === true ? await readPassword(username, session.stdin) : null;
  return {
    ...(password === null || username === undefined
      ? {}
      : { credentials: { kind: 'password', username, password } as const }),
    authFile: authfile,
    insecure: insecure ?? false,
    certDir,
    mirrors,
  };
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
}

/** Reads a password from standard input, without the end of its line. Throws ERR_LAYERS_USAGE. */
export async function readPassword(username: string | undefined, stdin: NodeJS.ReadStream): Promise<string> {
  if (username === undefined) throw usageError('--password-stdin needs --username', 'add --username NAME');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > MAX_PASSWORD_BYTES)
      throw usageError('the password on standard input is too long', 'pipe the password alone');
    chunks.push(piece);
  }
  const password = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (password === '')
    throw usageError(
      'no password on standard input',
      'pipe it: … | layers login -u NAME --password-stdin HOST',
    );
  return password;
}
