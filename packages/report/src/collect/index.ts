export { type ComparisonDocuments, comparisonReport } from './comparison-report.js';
export { type FleetAnswers, fleetReport } from './fleet/fleet-report.js';
export { imageReport, largestDuplicates, type ReportDocuments } from './image-report.js';
export { pairReport } from './pair-report.js';
export { pathOwners } from './path-owners.js';
export { MASK, redactInstruction } from './redact.js';
