import { render } from 'preact';
import type { ReportData } from '../data/index.js';
import type { FileActions, ReportViews } from './place.js';
import { Report } from './report.js';

/** What a report has beside its data. */
export interface ShowOptions {
  /** Where the files of the image can be read. Default: nowhere. */
  readonly files?: FileActions;
  /** Whether a report with more documents follows. Default: no. */
  readonly isPartial?: boolean;
}

const shown = new WeakSet<Element>();

/**
 * Shows a report with the views of its kind. In place of an earlier report, what the reader chose stays. Returns a function
 * that removes it.
 */
export function showViews(
  data: ReportData,
  element: Element,
  views: ReportViews,
  options: ShowOptions = {},
): () => void {
  const { files = null, isPartial = false } = options;
  if (!shown.has(element)) element.replaceChildren();
  shown.add(element);
  render(<Report data={data} views={views} files={files} isPartial={isPartial} />, element);
  return () => render(null, element);
}
