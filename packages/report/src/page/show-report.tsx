import { render } from 'preact';
import type { ReportData } from '../data/index.js';
import { Report } from './report.js';

/** Shows a report in an element, in place of what the element has. Returns a function that removes it. */
export function showReport(data: ReportData, element: Element): () => void {
  element.replaceChildren();
  render(<Report data={data} />, element);
  return () => render(null, element);
}
