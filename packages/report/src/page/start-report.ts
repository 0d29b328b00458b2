import { decodeReport } from '../data/decode.js';
import type { ReportData } from '../data/index.js';
import { inflate } from './inflate.js';

/** Shows the report that a file contains. */
export async function startReport(show: (data: ReportData, element: Element) => void): Promise<void> {
  const element = document.getElementById('report');
  const data = document.getElementById('data');
  if (element === null || data === null) return;
  try {
    show(decodeReport(await inflate(data.textContent ?? '')), element);
  } catch (error) {
    element.textContent = `The report cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
  }
}
