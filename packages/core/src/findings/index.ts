export { FINDING_SEVERITY, type FindingCode } from './codes.js';
export { createFinding, type Finding, type FindingPlace, withPlace } from './finding.js';
export { createFindingList, type FindingList } from './finding-list.js';
export { pathFields } from './path-fields.js';
