export type { Shard } from './folder/state.js';
export { type MergeOptions, type MergeResult, mergeFleets } from './merge/merge.js';
export { type AskOptions, askFleet } from './questions/ask.js';
export type { KnownSample } from './questions/chunks.js';
export { FLEET_VIEWS } from './questions/fleet-views.js';
export { type FleetOverview, fleetOverview } from './questions/overview.js';
export { prepareFleet } from './questions/prepare.js';
export {
  QUESTION_NAMES,
  QUESTIONS as FLEET_QUESTIONS,
  type Question,
  type QuestionName,
} from './questions/questions.js';
export type { ResultValue } from './questions/result-value.js';
export { type QueryColumn, type QueryOptions, type QueryResult, queryFleet } from './questions/sql.js';
export { enqueueFleet } from './queue/enqueue.js';
export type { RemoteByName } from './queue/queued-source.js';
export { type WorkOptions, type WorkResult, workFleet } from './queue/work.js';
export type { CacheChoice } from './read/read-job.js';
export type { ChunkChoice } from './scan/known-chunks.js';
export { scanFleet } from './scan/scan.js';
export type { ScanOptions, ScanProgress, ScanResult } from './scan/scan-options.js';
export type { FleetSource, LocalCopy, RemoteSource } from './scan/sources.js';
export {
  type ColumnType,
  FLEET_SCHEMA_VERSION,
  FLEET_TABLES,
  type FleetColumn,
  type FleetTable,
  TABLE_NAMES,
  type TableName,
} from './schema/tables.js';
