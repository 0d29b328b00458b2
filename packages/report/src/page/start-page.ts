import { inflate } from './inflate.js';

/** Shows the data that a file contains. */
export async function startPage(show: (data: Uint8Array, element: Element) => void): Promise<void> {
  const element = document.getElementById('report');
  const data = document.getElementById('data');
  if (element === null || data === null) return;
  try {
    show(await inflate(data.textContent ?? ''), element);
  } catch (error) {
    element.textContent = `The report cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
  }
}
