export { FINDING_SEVERITY, type FindingCode, type Severity } from './codes.js';
export { createFinding, type Finding, type FindingPlace, withPlace } from './finding.js';
export { createFindingList, type FindingList } from './finding-list.js';
export { pathFields } from './path-fields.js';
