import type { ReportData } from '../data/index.js';
import { COMPARISON_VIEWS } from './comparison-views.js';
import { actionsOf } from './file-actions.js';
import { IMAGE_VIEWS } from './image-views.js';
import type { FileActions } from './place.js';
import { showViews } from './show-views.js';

/** What a report has beside its data. */
export interface ShowOptions {
  /** Where the files of the image can be read. Default: nowhere. */
  readonly files?: FileActions;
  /** Whether a report with more documents follows. Default: no. */
  readonly isPartial?: boolean;
}

/**
 * Shows a report about an image, or about two, in an element, in place of what the element has. In place of an earlier report, what the
 * reader chose stays. Returns a function that removes it.
 */
export function showReport(data: ReportData, element: Element, options: ShowOptions = {}): () => void {
  const { files, isPartial = false } = options;
  const Actions = files === undefined ? null : actionsOf(files);
  const views = data.facts.comparison === null ? IMAGE_VIEWS : COMPARISON_VIEWS;
  return showViews(data, element, views, { Actions, isPartial });
}
