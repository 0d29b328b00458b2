import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { FleetSource, WorkOptions } from '@layers/fleet';
import { usageError } from '../command-error.js';
import type { FleetEnqueueDocument, FleetWorkerDocument } from '../documents/fleet.js';
import type { ExitStatus } from '../exit-status.js';
import { loadFleetPackage, withQueueLibraries } from '../input/fleet-package.js';
import { withRegistryNames } from '../input/registry-sources.js';
import { renderFleetEnqueue, renderFleetWorker } from '../render/fleet.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

interface QueueFlags extends ImageFlags {
  readonly queue?: string;
}

export interface WorkerFlags extends QueueFlags {
  readonly fleet: string;
  readonly jobs?: number;
  readonly untilEmpty?: boolean;
}

/** Adds sources to a queue. */
export async function enqueue(
  sources: readonly FleetSource[],
  flags: QueueFlags,
  session: Session,
): Promise<ExitStatus> {
  const url = queueOf(flags, session);
  const { enqueueFleet } = await loadFleetPackage();
  const document: FleetEnqueueDocument = {
    schemaVersion: SCHEMA_VERSION,
    sources: sources.length,
    queued: await withQueueLibraries(() => enqueueFleet(url, sources)),
    findings: [],
  };
  return present(
    { document, rows: [document], render: () => renderFleetEnqueue(document), showsFindings: true },
    flags,
    session,
  );
}

/** Scans what comes through a queue. */
export async function worker(
  words: readonly string[],
  flags: WorkerFlags,
  choices: Pick<WorkOptions, 'chunks' | 'cache'>,
  session: Session,
): Promise<ExitStatus> {
  if (words.length > 0)
    throw usageError('fleet worker takes sources from its queue', 'layers fleet enqueue adds them');
  const url = queueOf(flags, session);
  const { workFleet } = await loadFleetPackage();
  const result = await withRegistryNames(flags, session, (remoteOf) =>
    withQueueLibraries(() =>
      workFleet(flags.fleet, url, {
        jobs: flags.jobs,
        untilEmpty: flags.untilEmpty,
        ...choices,
        remoteOf,
        signal: session.signal,
      }),
    ),
  );
  const document: FleetWorkerDocument = {
    schemaVersion: SCHEMA_VERSION,
    fleet: flags.fleet,
    ...result,
    findings: [],
  };
  return present(
    {
      document,
      rows: [document],
      render: (view) => renderFleetWorker(document, view),
      showsFindings: true,
      isFailure: () => document.problems > 0,
    },
    flags,
    session,
  );
}

/** The environment keeps passwords out of lists of processes. */
function queueOf({ queue }: QueueFlags, { env }: Session): string {
  const url = queue ?? env['LAYERS_QUEUE'] ?? '';
  if (url === '') throw usageError('no queue given', 'add --queue redis://HOST:PORT, or set LAYERS_QUEUE');
  return url;
}
