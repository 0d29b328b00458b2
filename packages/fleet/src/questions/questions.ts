import { literal } from '../engine/duckdb.js';
import { BASES, STALE } from './bases.js';
import type { KnownSample } from './chunks.js';
import { AT_PLACE } from './contents.js';
import { shared, summary } from './sharing.js';
import { timeline } from './timeline.js';
import { whatIf } from './whatif.js';

/** A question that is ready to be asked. */
export interface Question {
  /** One line, without a full stop. */
  readonly meaning: string;
  /** What its words are: they choose rows. None by default. */
  readonly words?: string;
  /** Whether it needs the view `contents`. */
  readonly contents?: boolean;
  /** Whether it says more where chunks are known. It needs the view `contents`, too. */
  readonly chunks?: boolean;
  /** Whether all rows are listed, whatever their number. */
  readonly isShort?: boolean | ((words: readonly string[]) => boolean);
  /** Returns a query for the number of things that a word names; a word that names none is an error. */
  readonly named?: (word: string) => string;
  /** Returns the query. */
  readonly sql: (words: readonly string[], sample: KnownSample) => string;
}

/** The names of all questions. */
export const QUESTION_NAMES = [
  'summary',
  'top',
  'shared',
  'exclusive',
  'duplicates',
  'bases',
  'stale',
  'whatif',
  'timeline',
  'packages',
  'problems',
] as const;

/** The name of a question. */
export type QuestionName = (typeof QUESTION_NAMES)[number];

/** The questions, in the order in which they are listed. */
export const QUESTIONS: Readonly<Record<QuestionName, Question>> = {
  summary: {
    meaning:
      'bytes of all images together: each image whole, each blob once, each tar once, each content once, each chunk once',
    contents: true,
    chunks: true,
    isShort: true,
    sql: (_, sample) => summary(sample),
  },
  top: {
    meaning: 'the largest images, with what they waste and what deleting each would free',
    sql: () => `
SELECT name, stored_bytes, rootfs_bytes, wasted_bytes, coalesce(bytes, 0) AS exclusive_bytes, i.layers, files
FROM images AS i JOIN current_images USING (image) LEFT JOIN exclusive_blobs AS e USING (image)
ORDER BY stored_bytes DESC, name, image`,
  },
  shared: {
    meaning:
      'for each image, bytes of its files in layers, of contents, and of chunks, that no other image has',
    contents: true,
    chunks: true,
    sql: (_, sample) => shared(sample),
  },
  exclusive: {
    meaning: 'what deleting each image would free; or what deleting these tags together would free',
    words: 'tags or repositories, with * for any characters, digests or sources',
    named: (word) => `SELECT count(*) FROM tags JOIN images USING (image) WHERE ${isNamed(word)}`,
    sql: exclusive,
  },
  duplicates: {
    meaning:
      'contents that several layers store, or one layer several times, with the bytes of all copies but one',
    contents: true,
    sql: () => `
WITH extra AS (SELECT *, (copies - 1) * size_bytes AS extra_bytes FROM contents WHERE copies > 1),
least AS (SELECT min(extra_bytes) AS bytes FROM (SELECT extra_bytes FROM extra ORDER BY extra_bytes DESC LIMIT ${LIMIT})),
most AS (
  SELECT extra_bytes, e.size_bytes, copies, content, path
  FROM extra AS e JOIN files AS f ON ${AT_PLACE} WHERE extra_bytes >= (SELECT bytes FROM least)
  ORDER BY extra_bytes DESC, content LIMIT ${LIMIT})
SELECT any_value(extra_bytes) AS extra_bytes, any_value(m.size_bytes) AS size_bytes, any_value(copies) AS copies,
  count(DISTINCT tree) AS layers, content, any_value(m.path) AS path
FROM most AS m JOIN files AS f USING (content) SEMI JOIN current_trees USING (tree)
WHERE type = 'file' GROUP BY content ORDER BY extra_bytes DESC, content`,
  },
  bases: {
    meaning:
      'layers that images are built on, with the age of the lowest one beside the newest of its release',
    sql: () => BASES,
  },
  stale: {
    meaning: 'images whose lowest layer is older than that of others with the same release of a distribution',
    sql: () => STALE,
  },
  whatif: {
    meaning: 'what other compression, bases, squashing, and storing each content once would save',
    contents: true,
    chunks: true,
    isShort: true,
    sql: (_, sample) => whatIf(sample),
  },
  timeline: {
    meaning: 'how each repository grew; or what each tag of a repository added',
    words: 'a repository',
    isShort: (words) => words.length > 0,
    named: (word) => `SELECT count(*) FROM tags WHERE repository = ${literal(word)}`,
    sql: timeline,
  },
  packages: {
    meaning: 'packages, with the number of images that have them; or which images have a package',
    words: 'a name, with * for any characters, and the start of a version',
    sql: packages,
  },
  problems: {
    meaning: 'what the last scan could not read',
    isShort: true,
    sql: () =>
      'SELECT source, position, code, message FROM problems ORDER BY source, position NULLS FIRST, code, message',
  },
};

/** Stands for the most rows in a query that needs them before its end. */
export const LIMIT = '$LIMIT$';

function exclusive(words: readonly string[]): string {
  if (words.length === 0) {
    return `
SELECT name, tags, coalesce(e.bytes, 0) AS freed_bytes, coalesce(e.layers, 0) AS layers, stored_bytes
FROM images AS i JOIN current_images USING (image) LEFT JOIN exclusive_blobs AS e USING (image)
ORDER BY freed_bytes DESC, name, image`;
  }
  const chosen = words.map((word) => `(${isNamed(word)})`).join(' OR ');
  return `
WITH gone AS (
  SELECT image FROM tags JOIN images USING (image) GROUP BY image
  HAVING bool_and(coalesce(${chosen}, false))),
chosen AS (
  SELECT count(DISTINCT image) AS images FROM tags JOIN images USING (image)
  WHERE ${chosen}),
freed AS (
  SELECT layer FROM current_blobs LEFT JOIN gone USING (image) GROUP BY layer
  HAVING bool_and(image IN (SELECT image FROM gone)))
SELECT (SELECT images FROM chosen) AS images, (SELECT count(*) FROM gone) AS deleted_images,
  (SELECT count(*) FROM freed) AS layers,
  (SELECT coalesce(sum(stored_bytes), 0)::BIGINT FROM freed JOIN layers USING (layer)) AS freed_bytes`;
}

/** Returns the condition that a word is the name of an image, or a pattern of its tag or repository. */
function isNamed(word: string): string {
  const text = literal(word);
  const isText = `tag = ${text} OR repository = ${text} OR source = ${text} OR digest = ${text}`;
  if (!word.includes('*')) return isText;
  return `${isText} OR tag ${like(word)} OR repository ${like(word)}`;
}

/** Returns the condition of a pattern, in which `*` stands for any characters. */
function like(pattern: string): string {
  return `LIKE ${literal(pattern.replaceAll(/[!%_]/g, '!$&').replaceAll('*', '%'))} ESCAPE '!'`;
}

function packages([name, version]: readonly string[]): string {
  if (name === undefined) {
    return `
SELECT type, name, count(DISTINCT image) AS images, count(DISTINCT version) AS versions
FROM packages JOIN (SELECT image FROM current_images) USING (image)
GROUP BY type, name ORDER BY images DESC, name, type`;
  }
  const isVersion = version === undefined ? '' : `AND starts_with(version, ${literal(version)})`;
  const isName = name.includes('*') ? like(name) : `= ${literal(name)}`;
  return `
SELECT coalesce(tag, source) AS image, type, p.name, p.version, p.position AS layer, p.path
FROM packages AS p JOIN tags USING (image) WHERE p.name ${isName} ${isVersion}
ORDER BY p.name, p.version, image, type, path`;
}
