import type { FleetFacts } from '@layers/report/data';
import { deletionStory, Fleet, fleetFigures, fleetTables, sharingStory } from '@layers/report/view';
import { MAX_COMMENT_BYTES } from '../check-reports/markdown.js';
import { BoundedMarkdown } from '../check-reports/markdown-text.js';
import { addFigures, addStatements, addTable, code, NOTE_BYTES } from './markdown-parts.js';

/** A few of many packages say nothing. */
const LEFT_OUT = new Set(['packages']);

/** Returns the report about a fleet as Markdown: what the page says first, and the first rows of its tables. */
export function fleetMarkdown(facts: FleetFacts, maxBytes = MAX_COMMENT_BYTES): string {
  const fleet = new Fleet(facts);
  const text = new BoundedMarkdown(maxBytes - NOTE_BYTES);
  text.add(`### Fleet ${code(facts.name)}\n`);
  addFigures(text, fleetFigures(fleet));
  addStatements(text, 'What would free most', deletionStory(fleet));
  addStatements(text, 'What is shared', sharingStory(fleet));
  for (const table of fleetTables(fleet)) if (!LEFT_OUT.has(table.id)) addTable(text, table);
  return text.finish();
}
