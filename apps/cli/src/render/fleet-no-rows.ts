import type { QueryResult, QuestionName } from '@layers/fleet';

/** What a question without rows found. The scan of an empty folder leaves a fleet without images. */
const NOTHING: Readonly<Record<QuestionName, string>> = {
  summary: 'no images',
  top: 'no images',
  shared: 'no images',
  exclusive: 'no images',
  duplicates: 'no contents are stored twice',
  bases: 'no layers that images share as a base',
  stale: 'no image is on an older base than others of the same release',
  whatif: 'no images',
  timeline: 'no tags',
  packages: 'no packages',
  problems: 'no problems',
};

/**
 * Returns the answer to a question that has no rows.
 *
 * @param listPackages asks for all packages, with a column `name`
 */
export async function noRowsText(
  question: QuestionName,
  [name, version]: readonly string[],
  listPackages: () => Promise<QueryResult>,
): Promise<string> {
  if (question !== 'packages' || name === undefined) return NOTHING[question];
  const { columns, rows } = await listPackages();
  const at = columns.findIndex((column) => column.name === 'name');
  const names = [...new Set(rows.map((row) => String(row[at])))];
  if (version !== undefined && names.includes(name))
    return `no image has a version of ${name} that begins with ${version}: layers fleet packages ${name} lists the versions`;
  const what = name.includes('*') ? `whose name is like ${name}` : `named ${name}`;
  const near = similarPackages(name, names);
  return `no image has a package ${what}${near.length === 0 ? '' : `; similar names: ${near.join(', ')}`}`;
}

const MOST = 5;
const LEAST_PART = 3;
const LONGEST = 64;

/**
 * Returns up to five of `names` that share most with a name: `libssl3` for `openssl`. The part that both have is at least three
 * characters long, and two fifths of the name.
 */
export function similarPackages(name: string, names: readonly string[]): readonly string[] {
  const wanted = name.replaceAll('*', '').slice(0, LONGEST).toLowerCase();
  const least = Math.max(LEAST_PART, Math.floor(wanted.length * 0.4));
  return names
    .map((known) => ({ known, common: longestCommonPart(wanted, known.toLowerCase()) }))
    .filter(({ common }) => common >= least)
    .sort((a, b) => b.common - a.common || a.known.length - b.known.length || (a.known < b.known ? -1 : 1))
    .slice(0, MOST)
    .map(({ known }) => known);
}

/** Returns the length of the longest part of `word` that `text` contains. */
function longestCommonPart(word: string, text: string): number {
  let longest = 0;
  for (let start = 0; start + longest < word.length; start++)
    while (start + longest < word.length && text.includes(word.slice(start, start + longest + 1))) longest++;
  return longest;
}
