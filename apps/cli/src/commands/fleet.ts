import { SCHEMA_VERSION } from '@layers/core/analysis';
import { type ErrorCode, isLayersError, type LayersError } from '@layers/errors';
import type { CacheChoice, ChunkChoice, FleetSource, QueryResult, QuestionName, Shard } from '@layers/fleet';
import { CommandError, usageError } from '../command-error.js';
import type { FleetRow, FleetRowsDocument, FleetScanDocument } from '../documents/fleet.js';
import type { ExitStatus } from '../exit-status.js';
import { layerCacheDirectory } from '../input/cache-directory.js';
import { loadFleetPackage, noFleetHint } from '../input/fleet-package.js';
import { fleetSources, namesIn } from '../input/fleet-sources.js';
import { registryName } from '../input/registry-input.js';
import { withRegistrySources } from '../input/registry-sources.js';
import { escapeForTerminal } from '../output/escape.js';
import { csvLines } from '../render/csv.js';
import { renderFleetRows, renderFleetScan } from '../render/fleet.js';
import { noRowsText } from '../render/fleet-no-rows.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { BUILD, VERSION } from '../version.js';
import { withWriteProgress } from '../write/write-progress.js';
import { mergeFleet } from './fleet-merge.js';
import { enqueue, worker } from './fleet-queue.js';

export interface FleetFlags extends ImageFlags {
  readonly fleet: string;
  readonly from?: string;
  readonly jobs?: number;
  readonly shard?: Shard;
  readonly chunks?: boolean;
  readonly chunkSample?: number;
  readonly queue?: string;
  readonly untilEmpty?: boolean;
  readonly csv?: boolean;
  readonly externalAccess?: boolean;
  readonly top?: number;
}

export type FleetAction = 'scan' | 'merge' | 'enqueue' | 'worker' | 'sql' | 'schema' | QuestionName;

const DEFAULT_TOP = 20;

/** How many words a question takes; others take none. */
const MOST_WORDS: Readonly<Partial<Record<QuestionName, number>>> = {
  exclusive: Number.POSITIVE_INFINITY,
  timeline: 1,
  packages: 2,
};

/** Runs `layers fleet`: scans images into a folder, and asks it. */
export async function fleet(
  action: FleetAction,
  words: readonly string[],
  flags: FleetFlags,
  session: Session,
): Promise<ExitStatus> {
  return withFleetHints(action, () => run(action, words, flags, session));
}

/** What to type, for errors that mean something else with other commands. */
const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ERR_LAYERS_LIMIT: 'ask for fewer rows with --top N, or for those that you need: layers fleet sql',
  ERR_LAYERS_OUTPUT_EXISTS: 'name an empty folder, or one that does not exist, with --fleet',
};
const SQL_LIMIT =
  "add a LIMIT, or write the rows to a file, with --external-access: COPY (SELECT …) TO 'rows.csv'";
const NAMED: Readonly<Partial<Record<FleetAction, string>>> = {
  exclusive:
    'layers fleet exclusive lists the images; it takes tags and repositories, with * for any characters, digests and sources',
  timeline: 'layers fleet timeline lists the repositories',
};

async function withFleetHints(action: FleetAction, work: () => Promise<ExitStatus>): Promise<ExitStatus> {
  try {
    return await work();
  } catch (error) {
    if (!isLayersError(error) || error instanceof CommandError) throw error;
    const limit = action === 'sql' && error.code === 'ERR_LAYERS_LIMIT' ? SQL_LIMIT : undefined;
    const named = error.code === 'ERR_LAYERS_IMAGE_NOT_FOUND' ? nameHint(action, error) : undefined;
    const hint = named ?? externalHint(error) ?? limit ?? HINTS[error.code] ?? noFleetHint(error);
    throw hint === undefined ? error : new CommandError(error.code, error.message, { hint, cause: error });
  }
}

function nameHint(action: FleetAction, { hint = '' }: LayersError): string | undefined {
  const near = /^did you mean .*?\?/s.exec(hint)?.[0];
  return near === undefined ? NAMED[action] : `${near} ${NAMED[action] ?? ''}`;
}

function externalHint({ message }: Error): string | undefined {
  return message.startsWith('the query may read the tables')
    ? 'add --external-access, if you trust the query with your files; or print the rows: --csv > rows.csv'
    : undefined;
}

function run(
  action: FleetAction,
  words: readonly string[],
  flags: FleetFlags,
  session: Session,
): Promise<ExitStatus> {
  if (flags.chunkSample !== undefined && flags.chunks !== true)
    throw usageError('--chunk-sample needs --chunks', 'layers fleet scan --chunks --chunk-sample N');
  if (flags.chunks !== undefined && action !== 'scan' && action !== 'worker')
    throw usageError(`fleet ${action} excludes --chunks`, 'only layers fleet scan and worker have it');
  if (flags.externalAccess !== undefined && action !== 'sql')
    throw usageError(`fleet ${action} excludes --external-access`, 'only layers fleet sql has it');
  if (action === 'scan' || action === 'enqueue') return withSources(action, words, flags, session);
  if (action === 'worker') {
    const choices = { chunks: chunksOf(flags), cache: cacheOf(flags, session) };
    return worker(words, flags, choices, session);
  }
  if (flags.queue !== undefined || flags.untilEmpty !== undefined) {
    const hint = 'only layers fleet enqueue and worker have them';
    throw usageError(`fleet ${action} excludes --queue and --until-empty`, hint);
  }
  if (flags.from !== undefined || flags.jobs !== undefined || flags.shard !== undefined)
    throw usageError(
      `fleet ${action} excludes --from, --jobs and --shard`,
      'only layers fleet scan has them',
    );
  if (action === 'merge') return mergeFleet(words, flags, session);
  if (action !== 'sql' && action !== 'schema') return ask(action, words, flags, session);
  if (flags.top !== undefined)
    throw usageError(
      `fleet ${action} excludes --top`,
      action === 'sql' ? 'write LIMIT into the query' : 'leave it out: all columns are listed',
    );
  return action === 'sql' ? sql(words, flags, session) : schema(words, flags, session);
}

async function withSources(
  action: 'scan' | 'enqueue',
  names: readonly string[],
  flags: FleetFlags,
  session: Session,
): Promise<ExitStatus> {
  const listed = flags.from === undefined ? [] : await namesIn(flags.from, session);
  const all = [...names, ...listed];
  const remote = all.flatMap((name) => registryName(name) ?? []);
  const local = fleetSources(
    all.filter((name) => registryName(name) === null),
    session,
  );
  if (names.length === 0 && flags.from === undefined)
    throw usageError('no images to scan', `layers fleet ${action} DIR, or --from FILE for a list of names`);
  const work = action === 'scan' ? scan : enqueue;
  return withRegistrySources(remote, flags, session, (images) => work([...local, ...images], flags, session));
}

function chunksOf({ chunks, chunkSample }: FleetFlags): ChunkChoice | undefined {
  return chunks === true ? { oneIn: chunkSample } : undefined;
}

function cacheOf(flags: FleetFlags, { env }: Session): CacheChoice | undefined {
  const directory = flags.cache === false ? null : layerCacheDirectory(env);
  return directory === null ? undefined : { directory, version: `${VERSION} ${BUILD}` };
}

async function scan(
  sources: readonly FleetSource[],
  flags: FleetFlags,
  session: Session,
): Promise<ExitStatus> {
  const { prepareFleet, scanFleet } = await loadFleetPackage();
  const result = await withWriteProgress(flags, session, ({ signal, onProgress }) =>
    scanFleet(flags.fleet, sources, {
      jobs: flags.jobs,
      shard: flags.shard,
      chunks: chunksOf(flags),
      cache: cacheOf(flags, session),
      signal,
      onProgress,
    }),
  );
  await prepareFleet(flags.fleet);
  const document: FleetScanDocument = {
    schemaVersion: SCHEMA_VERSION,
    fleet: flags.fleet,
    ...result,
    findings: [],
  };
  return present(
    {
      document,
      rows: [document],
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
  const { externalAccess } = flags;
  const result = await queryFleet(flags.fleet, query, { externalAccess, signal: session.signal });
  return presentRows(result, flags, session, { none: 'no rows' });
}

async function ask(
  name: QuestionName,
  words: readonly string[],
  flags: FleetFlags,
  session: Session,
): Promise<ExitStatus> {
  const most = MOST_WORDS[name] ?? 0;
  if (words.length > most)
    throw usageError(`fleet ${name} has too many arguments`, 'layers fleet --help shows examples');
  const { askFleet } = await loadFleetPackage();
  const { top = DEFAULT_TOP } = flags;
  const options = { words, top: top === 0 ? undefined : top, signal: session.signal };
  const result = await askFleet(flags.fleet, name, options);
  const none =
    result.rows.length > 0 ? '' : await noRowsText(name, words, () => askFleet(flags.fleet, 'packages'));
  return presentRows(result, flags, session, { hasUnits: true, none });
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
  { hasUnits = false, none = '' } = {},
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
      render: (view) => {
        if (isCsv) return csvLines(columns, rows);
        return rows.length === 0
          ? [`${escapeForTerminal(none)}\n`]
          : renderFleetRows(columns, rows, view, hasUnits);
      },
      showsFindings: !isCsv,
    },
    flags,
    session,
  );
}
