import { SCHEMA_VERSION } from '@layers/core/analysis';
import { usageError } from '../command-error.js';
import type { FleetMergeDocument } from '../documents/fleet.js';
import type { ExitStatus } from '../exit-status.js';
import { loadFleetPackage } from '../input/fleet-package.js';
import { renderFleetMerge } from '../render/fleet.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

/** Makes one fleet of several. */
export async function mergeFleet(
  folders: readonly string[],
  flags: ImageFlags & { readonly fleet: string },
  session: Session,
): Promise<ExitStatus> {
  if (folders.length === 0)
    throw usageError('no fleets to merge', 'layers fleet merge shard-1 shard-2 --fleet all');
  const { mergeFleets, prepareFleet } = await loadFleetPackage();
  const result = await mergeFleets(flags.fleet, folders, { signal: session.signal });
  await prepareFleet(flags.fleet);
  const document: FleetMergeDocument = {
    schemaVersion: SCHEMA_VERSION,
    fleet: flags.fleet,
    ...result,
    findings: [],
  };
  return present(
    {
      document,
      rows: [document],
      render: (view) => renderFleetMerge(document, view),
      showsFindings: true,
      isFailure: () => document.problems > 0,
    },
    flags,
    session,
  );
}
