export { decodeReport } from './decode.js';
export { encodeReport } from './encode.js';
export { decodeFleet, encodeFleet } from './fleet/encode-fleet.js';
export type { FleetFacts } from './fleet/fleet-facts.js';
export {
  type Attributes,
  ITEM_CHANGES,
  ITEM_TYPES,
  ITEM_WASTE,
  type ItemChange,
  type ItemType,
  type ItemWaste,
  REPORT_VERSION,
  type ReportColumns,
  type ReportComparison,
  type ReportData,
  type ReportDuplicates,
  type ReportFacts,
  type ReportMove,
} from './report-data.js';
