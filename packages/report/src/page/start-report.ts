import { decodeReport } from '../data/decode.js';
import type { ReportData } from '../data/index.js';
import { startPage } from './start-page.js';

/** Shows the report that a file contains. */
export function startReport(show: (data: ReportData, element: Element) => void): Promise<void> {
  return startPage((bytes, element) => show(decodeReport(bytes), element));
}
