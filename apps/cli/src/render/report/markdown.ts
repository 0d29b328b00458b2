import type { Advice } from '@layers/insight/advise';
import type { ReportData } from '@layers/report/data';
import {
  Contents,
  comparisonFigures,
  comparisonStory,
  comparisonTables,
  imageFigures,
  imageTables,
  Paths,
  reportName,
  savingsText,
  shortStep,
  storyOf,
  withoutAdvice,
} from '@layers/report/view';
import { humanBytes } from '../../output/format.js';
import { MAX_COMMENT_BYTES } from '../check-reports/markdown.js';
import { BoundedMarkdown } from '../check-reports/markdown-text.js';
import { addFigures, addStatements, addTable, code, NOTE_BYTES, prose } from './markdown-parts.js';

const MOST_ADVICE = 5;

/** The tables of the page that are short enough for a comment, or that a few rows stand for. */
const SHOWN = new Set(
  'layers waste files duplicates packages findings grew shrank added removed changed moved config'.split(' '),
);
/** Settings of one image are no news. */
const ONLY_OF_TWO = 'config';

/**
 * Returns a report as Markdown, for a pull request or a wiki: what the page says first, and the first rows of its tables. The
 * same report gives the same bytes, at most as many as a comment on GitHub has.
 */
export function reportMarkdown({ facts, columns }: ReportData, maxBytes = MAX_COMMENT_BYTES): string {
  const { comparison } = facts;
  const paths = new Paths(columns, comparison !== null);
  const contents = new Contents(paths);
  const text = new BoundedMarkdown(maxBytes - NOTE_BYTES);
  text.add(`### ${comparison === null ? 'Image' : 'Images'} ${code(reportName(facts))}\n`);
  addFigures(text, comparison === null ? imageFigures(facts) : comparisonFigures(facts, comparison));
  if (comparison === null) {
    addStatements(text, 'Why it is this large', storyOf(facts, contents));
    const advice = facts.advice?.advice ?? [];
    if (advice.length > 0) addAdvice(text, advice, savingsText(facts));
    else addStatements(text, 'What to change', [withoutAdvice(facts)]);
  } else addStatements(text, 'What changed', comparisonStory(facts, comparison, contents));
  const tables =
    comparison === null
      ? imageTables(facts, paths).filter(({ id }) => id !== ONLY_OF_TWO)
      : comparisonTables(facts, comparison, paths);
  for (const table of tables) if (SHOWN.has(table.id)) addTable(text, table);
  return text.finish();
}

function addAdvice(text: BoundedMarkdown, advice: readonly Advice[], savings: string): void {
  text.addRows(
    '\n**What to change**\n\n',
    advice.slice(0, MOST_ADVICE).map(({ problem, fix, example, savableBytes, storedBy, wastedBy }) => {
      const saves = savableBytes > 0 ? `, saves **${humanBytes(savableBytes)}**` : '';
      const steps = [
        ...storedBy.slice(0, 1).map((step) => ({ word: 'Stored by', ...step })),
        ...(wastedBy === null ? [] : [{ word: 'Wasted by', ...wastedBy }]),
      ].map(({ word, layer, instruction }) => {
        const step = instruction === null ? '' : `: ${code(shortStep(instruction))}`;
        return `<br>${word} layer ${layer}${step}`;
      });
      const shows = example === null ? '' : `: ${code(example)}`;
      return `1. ${prose(problem)}${saves}<br>${prose(fix)}${shows}${steps.join('')}\n`;
    }),
    savings === '' ? '' : `\n${savings}\n`,
  );
}
