import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { QueryResult } from '@layers/fleet';
import { usageError } from '../command-error.js';
import type { FleetRow, FleetRowsDocument, FleetScanDocument } from '../documents/fleet.js';
import type { ExitStatus } from '../exit-status.js';
import { layerCacheDirectory } from '../input/cache-directory.js';
import { loadFleetPackage } from '../input/fleet-package.js';
import { fleetSources, namesIn } from '../input/fleet-sources.js';
import { csvLines } from '../render/csv.js';
import { renderFleetRows, renderFleetScan } from '../render/fleet.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { BUILD, VERSION } from '../version.js';
import { withWriteProgress } from '../write/write-progress.js';

export interface FleetFlags extends ImageFlags {
  readonly fleet: string;
  readonly from?: string;
  readonly jobs?: number;
  readonly csv?: boolean;
}

export type FleetAction = 'scan' | 'sql' | 'schema';

/** Runs `layers fleet`: scans images into a folder, and asks it. */
export function fleet(
  action: FleetAction,
  words: readonly string[],
  flags: FleetFlags,
  session: Session,
): Promise<ExitStatus> {
  if (action === 'scan') return scan(words, flags, session);
  if (flags.from !== undefined || flags.jobs !== undefined)
    throw usageError(`fleet ${action} excludes --from and --jobs`, 'only layers fleet scan has them');
  return action === 'sql' ? sql(words, flags, session) : schema(words, flags, session);
}

async function scan(names: readonly string[], flags: FleetFlags, session: Session): Promise<ExitStatus> {
  const listed = flags.from === undefined ? [] : await namesIn(flags.from, session);
  const sources = fleetSources([...names, ...listed], session);
  if (names.length === 0 && flags.from === undefined)
    throw usageError('no images to scan', 'layers fleet scan DIR, or --from FILE for a list of names');
  const { scanFleet } = await loadFleetPackage();
  const directory = flags.cache === false ? null : layerCacheDirectory(session.env);
  const result = await withWriteProgress(flags, session, ({ signal, onProgress }) =>
    scanFleet(flags.fleet, sources, {
      jobs: flags.jobs,
      ...(directory === null ? {} : { cache: { directory, version: `${VERSION} ${BUILD}` } }),
      signal,
      onProgress,
    }),
  );
  const document: FleetScanDocument = {
    schemaVersion: SCHEMA_VERSION,
    fleet: flags.fleet,
    ...result,
    findings: [],
  };
  return present(
    {
      document,
      render: (view) => renderFleetScan(document, view),
      showsFindings: true,
      isFailure: () => document.problems > 0,
    },
    flags,
    session,
  );
}

async function sql(words: readonly string[], flags: FleetFlags, session: Session): Promise<ExitStatus> {
  const [query] = words;
  if (query === undefined || words.length > 1)
    throw usageError('fleet sql needs one query', "quote it: layers fleet sql 'SELECT * FROM images'");
  const { queryFleet } = await loadFleetPackage();
  return presentRows(await queryFleet(flags.fleet, query, { signal: session.signal }), flags, session);
}

async function schema(words: readonly string[], flags: FleetFlags, session: Session): Promise<ExitStatus> {
  if (words.length > 0) throw usageError('fleet schema needs no argument', 'type layers fleet schema');
  const { FLEET_TABLES } = await loadFleetPackage();
  const names = ['table', 'column', 'type', 'nullable', 'meaning'];
  const columns = names.map((name) => ({ name, type: name === 'nullable' ? 'BOOLEAN' : 'VARCHAR' }));
  const rows = FLEET_TABLES.flatMap((table) =>
    table.columns.map(({ name, type, nullable, meaning }) => [table.name, name, type, nullable, meaning]),
  );
  return presentRows({ columns, rows }, flags, session);
}

function presentRows(
  { columns, rows }: QueryResult,
  flags: FleetFlags,
  session: Session,
): Promise<ExitStatus> {
  const objects = rows.map(
    (row): FleetRow => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])),
  );
  const document: FleetRowsDocument = { schemaVersion: SCHEMA_VERSION, columns, rows: objects, findings: [] };
  const isCsv = flags.csv === true;
  return present(
    {
      document,
      items: objects,
      render: (view) => (isCsv ? csvLines(columns, rows) : renderFleetRows(columns, rows, view)),
      showsFindings: !isCsv,
    },
    flags,
    session,
  );
}
