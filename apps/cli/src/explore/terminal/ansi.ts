import type { Line, Style } from '@layers/explorer';

/** The attributes of each style without colors, and the color that is added where colors are wanted. */
const STYLES: Readonly<Record<Style, { readonly plain: string; readonly colour: string }>> = {
  plain: { plain: '', colour: '' },
  dim: { plain: '', colour: '2' },
  bold: { plain: '1', colour: '1' },
  title: { plain: '7', colour: '7' },
  selected: { plain: '7', colour: '7' },
  added: { plain: '', colour: '32' },
  changed: { plain: '', colour: '33' },
  deleted: { plain: '', colour: '31' },
  directory: { plain: '', colour: '1;34' },
  error: { plain: '1', colour: '1;31' },
};

/** Returns a line with escape sequences. */
export function ansiLine(line: Line, hasColours: boolean): string {
  return line
    .map(({ text, style }) => {
      const code = STYLES[style][hasColours ? 'colour' : 'plain'];
      return code === '' ? text : `\x1b[${code}m${text}\x1b[0m`;
    })
    .join('');
}
