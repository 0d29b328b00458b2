const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * Returns a bar of at most `columns` columns for a share from 0 to 1, with a resolution of 1/8 column, or 1 in ASCII.
 */
export function bar(share: number, columns: number, unicode: boolean): string {
  const length = Math.min(1, Math.max(0, share)) * columns;
  if (!unicode) return '#'.repeat(Math.round(length));
  const eighths = Math.round(length * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}
