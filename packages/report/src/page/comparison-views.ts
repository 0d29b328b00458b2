import { comparisonLayerRows } from '../view/comparison-layer-rows.js';
import { comparisonFigures } from '../view/comparison-story.js';
import { comparisonTables } from '../view/comparison-tables.js';
import { ComparisonSummary } from './comparison-summary.js';
import { Differences } from './differences.js';
import type { ReportViews } from './place.js';

export const COMPARISON_VIEWS: ReportViews = {
  whole: 'What differs',
  figures: (facts) => (facts.comparison === null ? [] : comparisonFigures(facts, facts.comparison)),
  layerRows: comparisonLayerRows,
  tables: (facts, paths) =>
    facts.comparison === null ? [] : comparisonTables(facts, facts.comparison, paths),
  Summary: ComparisonSummary,
  Versions: Differences,
};
