import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { TagsDocument } from '../documents/registry.js';
import type { ExitStatus } from '../exit-status.js';
import { registryClient } from '../input/registry-input.js';
import { parseRepository } from '../input/registry-names.js';
import type { RegistryFlags } from '../input/registry-options.js';
import { presentNames } from '../render/present-names.js';
import type { Session } from '../session.js';

/** Runs `layers tags`: lists the tags of a repository. */
export async function tags(
  name: string,
  flags: RegistryFlags & { readonly jsonl?: boolean },
  session: Session,
): Promise<ExitStatus> {
  const reference = parseRepository(name);
  const repository = (await registryClient(session, flags)).repository(reference);
  return presentNames(
    {
      names: repository.tags(),
      itemOf: (tag) => ({ repository: repository.name, tag }),
      documentOf: (all): TagsDocument => ({
        schemaVersion: SCHEMA_VERSION,
        repository: repository.name,
        tags: all,
        findings: [],
      }),
    },
    flags,
    session,
  );
}
