import { render } from 'preact';
import type { ReportData } from '../data/index.js';
import type { ReportViews } from './place.js';
import { Report } from './report.js';

/** Shows a report with the views of its kind. Returns a function that removes it. */
export function showViews(data: ReportData, element: Element, views: ReportViews): () => void {
  element.replaceChildren();
  render(<Report data={data} views={views} />, element);
  return () => render(null, element);
}
