import type { ReportData } from '../data/index.js';
import { IMAGE_VIEWS } from './image-views.js';
import { type ShowOptions, showViews } from './show-views.js';

/**
 * Shows a report about an image in an element, in place of what the element has. In place of an earlier report, what the
 * reader chose stays. Returns a function that removes it.
 */
export function showReport(data: ReportData, element: Element, options: ShowOptions = {}): () => void {
  return showViews(data, element, IMAGE_VIEWS, options);
}
