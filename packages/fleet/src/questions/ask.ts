import { LayersError } from '@layers/errors';
import { readingTables } from '../engine/damaged-tables.js';
import { literal } from '../engine/duckdb.js';
import { createChunks, type KnownSample } from './chunks.js';
import { createContents } from './contents.js';
import { type OpenFleet, withFleet } from './open-fleet.js';
import { LIMIT, QUESTIONS, type QuestionName } from './questions.js';
import { type QueryOptions, type QueryResult, runQuery } from './sql.js';
import { QUESTION_VIEWS } from './views.js';

/** Options of `askFleet`. */
export interface AskOptions {
  /** What the question is about, such as tags; see `FLEET_QUESTIONS`. */
  readonly words?: readonly string[] | undefined;
  /** The most rows, of those that come first. Default: all. */
  readonly top?: number | undefined;
  /** Cancels the query. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Answers a question about the images that the last scan found.
 *
 * @param path the folder that `scanFleet` wrote
 * @throws LayersError ERR_LAYERS_IMAGE_NOT_FOUND for a word that names no image; ERR_LAYERS_READ where the folder is not a
 *   fleet; ERR_LAYERS_ENGINE_MISSING
 */
export function askFleet(path: string, name: QuestionName, options: AskOptions = {}): Promise<QueryResult> {
  return withFleet(path, async (fleet) => {
    await prepareQuestions(fleet);
    return answer(fleet, name, options);
  });
}

/** Runs a query of this package. Throws ERR_LAYERS_READ where the tables have other rows than a scan writes. */
function runOwn(fleet: OpenFleet, sql: string, options: QueryOptions): Promise<QueryResult> {
  return readingTables(fleet.folder.path, async () => {
    try {
      return await runQuery(fleet, sql, options);
    } catch (error) {
      throw error instanceof LayersError && error.code === 'ERR_LAYERS_USAGE'
        ? (error.cause ?? error)
        : error;
    }
  });
}

/** Creates the views of questions in a fleet that was opened. */
export async function prepareQuestions({ database }: OpenFleet): Promise<void> {
  for (const view of QUESTION_VIEWS) await database.connection.run(view);
}

/** Answers a question about a fleet that `prepareQuestions` prepared. Throws as `askFleet` does. */
export async function answer(
  fleet: OpenFleet,
  name: QuestionName,
  { words = [], top, signal }: AskOptions,
): Promise<QueryResult> {
  const question = QUESTIONS[name];
  const { path } = fleet.folder;
  if (question.contents === true) await readingTables(path, () => createContents(fleet));
  const sample = question.chunks === true ? await readingTables(path, () => createChunks(fleet)) : NO_CHUNKS;
  await checkWords(fleet, name, words);
  const { isShort = false } = question;
  const isWhole = typeof isShort === 'boolean' ? isShort : isShort(words);
  const limit = isWhole || top === undefined ? null : top;
  const sql = question.sql(words, sample).replaceAll(LIMIT, limit === null ? 'ALL' : String(limit));
  return runOwn(fleet, limit === null ? sql : `FROM (${sql}) LIMIT ${limit}`, { signal });
}

const NO_CHUNKS: KnownSample = { oneIn: null, trees: 0, missing: 0 };

async function checkWords(fleet: OpenFleet, name: QuestionName, words: readonly string[]): Promise<void> {
  const { named, words: meaning = '' } = QUESTIONS[name];
  if (named === undefined) return;
  for (const word of words) {
    const { rows } = await runOwn(fleet, named(word), {});
    if (rows[0]?.[0] !== 0) continue;
    const [near] = await namesEndingIn(fleet, name, word);
    throw new LayersError('ERR_LAYERS_IMAGE_NOT_FOUND', `the fleet has no image ${word}`, {
      hint:
        near === undefined
          ? `name ${meaning}, as in the table tags`
          : `${DID_YOU_MEAN}${near}? Name ${meaning}`,
    });
  }
}

/** A hint about a name begins so. */
const DID_YOU_MEAN = 'did you mean ';

/** Columns of the table `tags` with what the words of a question name. */
const COLUMNS: Readonly<Partial<Record<QuestionName, readonly string[]>>> = {
  exclusive: ['tag', 'repository', 'source'],
  timeline: ['repository'],
};

/** Returns the first names that end in a word, such as `images/app.tar` for `app.tar`. */
async function namesEndingIn(
  fleet: OpenFleet,
  question: QuestionName,
  word: string,
): Promise<readonly string[]> {
  const columns = COLUMNS[question] ?? [];
  const names = columns.map((column) => `SELECT ${column} AS name FROM tags`).join(' UNION ');
  const query = `SELECT min(name) AS name FROM (${names}) WHERE ends_with(name, ${literal(`/${word}`)})`;
  const { rows } = await runOwn(fleet, query, {});
  return rows.flatMap(([name]) => (typeof name === 'string' ? [name] : []));
}
