import { homedir } from 'node:os';
import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { LogoutDocument } from '../documents/transfer.js';
import type { ExitStatus } from '../exit-status.js';
import type { RegistryFlags } from '../input/registry-options.js';
import { present } from '../render/present.js';
import { renderLogout } from '../render/registry.js';
import type { Session } from '../session.js';
import { placeFields, registryDomain } from './login.js';

/** Runs `layers logout`: removes the credentials for a registry. */
export async function logout(
  host: string | undefined,
  { authfile, ...flags }: RegistryFlags,
  session: Session,
): Promise<ExitStatus> {
  const registry = registryDomain(host);
  const { removeCredentials } = await import('@layers/registry');
  const { env } = session;
  const places = await removeCredentials(registry, {
    env,
    homeDirectory: env['HOME'] ?? homedir(),
    authFile: authfile,
  });
  const document: LogoutDocument = {
    schemaVersion: SCHEMA_VERSION,
    registry,
    removed: places.map(placeFields),
    findings: [],
  };
  return present({ document, render: () => renderLogout(document), showsFindings: true }, flags, session);
}
