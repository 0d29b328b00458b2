import { render } from 'preact';
import type { ReportData } from '../data/index.js';
import type { Place, ReportViews } from './place.js';
import { Report } from './report.js';

const shown = new WeakSet<Element>();

/**
 * Shows a report with the views of its kind. In place of an earlier report, what the reader chose stays. Returns a function
 * that removes it.
 */
export function showViews(
  data: ReportData,
  element: Element,
  views: ReportViews,
  { Actions = null, isPartial = false }: Partial<Pick<Place, 'Actions' | 'isPartial'>> = {},
): () => void {
  if (!shown.has(element)) element.replaceChildren();
  shown.add(element);
  render(<Report data={data} views={views} Actions={Actions} isPartial={isPartial} />, element);
  return () => render(null, element);
}
