import { CHUNK_SUMS, CHUNK_VIEWS } from './chunks.js';
import { CONTENTS } from './contents.js';
import { QUESTION_VIEWS } from './views.js';

/**
 * The views that the SQL of `FLEET_QUESTIONS` needs besides the tables, to ask a fleet with another engine: each after those that
 * it needs. `contents` reads all files, and `chunk_sums` all chunks.
 */
export const FLEET_VIEWS: readonly string[] = [
  ...QUESTION_VIEWS,
  `CREATE VIEW contents AS ${CONTENTS}`,
  ...CHUNK_VIEWS,
  `CREATE VIEW chunk_sums AS ${CHUNK_SUMS}`,
];
