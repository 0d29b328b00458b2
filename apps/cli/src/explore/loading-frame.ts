import type { Line } from '@layers/explorer';
import { escapeForTerminal } from '../output/escape.js';
import type { Amount } from '../output/progress.js';
import { padEnd, truncateEnd } from '../output/text-width.js';
import type { View } from '../output/view.js';

/** Returns the screen while an image is read. */
export function loadingFrame(
  name: string,
  amount: Amount | null,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  view: View,
): Line[] {
  const { ellipsis, bytes } = view;
  const fitted = (text: string): string => padEnd(truncateEnd(text, columns, ellipsis), columns);
  const blank: Line = [{ text: ' '.repeat(columns), style: 'plain' }];
  const lines = Array.from({ length: rows }, () => blank);
  lines[0] = [{ text: fitted(` ${escapeForTerminal(name)}`), style: 'title' }];
  if (rows > 2) lines[2] = [{ text: fitted(`  ${progressText(amount, bytes)}`), style: 'plain' }];
  if (rows > 1) lines[rows - 1] = [{ text: fitted('q quits'), style: 'dim' }];
  return lines;
}

/** Returns how much of an image is read. */
export function progressText(amount: Amount | null, bytes: (bytes: number) => string): string {
  if (amount === null) return 'Reading the image …';
  const { doneBytes, totalBytes } = amount;
  if (totalBytes === null || totalBytes <= 0) return `Reading the image: ${bytes(doneBytes)}`;
  const share = Math.min(100, Math.floor((doneBytes / totalBytes) * 100));
  return `Reading the image: ${share} %, ${bytes(doneBytes)} of ${bytes(totalBytes)}`;
}
