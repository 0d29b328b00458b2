import { decodeReport } from '../data/decode.js';
import { inflate } from './inflate.js';
import { showReport } from './show-report.js';

/** Shows the report that a file contains. */
async function start(): Promise<void> {
  const element = document.getElementById('report');
  const data = document.getElementById('data');
  if (element === null || data === null) return;
  try {
    showReport(decodeReport(await inflate(data.textContent ?? '')), element);
  } catch (error) {
    element.textContent = `The report cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
  }
}

void start();
