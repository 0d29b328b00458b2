import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { CatalogDocument } from '../documents/registry.js';
import type { ExitStatus } from '../exit-status.js';
import { registryClient } from '../input/registry-input.js';
import { parseRegistryHost } from '../input/registry-names.js';
import type { RegistryFlags } from '../input/registry-options.js';
import { presentNames } from '../render/present-names.js';
import type { Session } from '../session.js';

/** Runs `layers catalog`: lists the repositories of a registry. */
export async function catalog(
  host: string,
  flags: RegistryFlags & { readonly jsonl?: boolean },
  session: Session,
): Promise<ExitStatus> {
  const registry = parseRegistryHost(host);
  const client = await registryClient(session, flags);
  return presentNames(
    {
      names: client.repositories(registry),
      itemOf: (repository) => ({ registry, repository }),
      documentOf: (all): CatalogDocument => ({
        schemaVersion: SCHEMA_VERSION,
        registry,
        repositories: all,
        findings: [],
      }),
    },
    flags,
    session,
  );
}
