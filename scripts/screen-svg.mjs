// Draws the screen of a terminal as SVG, and writes it with escape sequences.

const CELL = { width: 8.4, height: 18, size: 14, baseline: 13.5 };
const MARGIN = 12;
const FONTS = 'ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, Liberation Mono, monospace';

/** A dark terminal, which has its own background on light and dark pages. */
const BACKGROUND = '#1e2127';
const FOREGROUND = '#d7dae0';
const BORDER = '#5c6370';
/** The first eight colors. */
const COLOURS = ['#1e2127', '#e88388', '#a8cc8c', '#dbab79', '#71bef2', '#d290e4', '#66c2cd', '#d7dae0'];
const DIM = 0.65;

const escapeXml = (text) =>
  text.replace(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character],
  );
const number = (value) => String(Math.round(value * 100) / 100);
const styleOf = ({ colour, isBold, isDim, isInverse }) => `${colour} ${isBold} ${isDim} ${isInverse}`;

/** Returns the pieces of a line that have one style, each with its first column and its columns. */
function runsOf(cells) {
  const runs = [];
  let column = 0;
  for (const cell of cells) {
    // The second half of a wide character.
    if (cell.width === 0) continue;
    const last = runs.at(-1);
    if (last !== undefined && styleOf(last.style) === styleOf(cell)) {
      last.text += cell.text;
      last.columns += cell.width;
    } else runs.push({ text: cell.text, column, columns: cell.width, style: cell });
    column += cell.width;
  }
  return runs;
}

/** Returns a screen as an image without references to anything else. */
export function svgOf(cells, { title, description }) {
  const width = (cells[0]?.length ?? 0) * CELL.width + 2 * MARGIN;
  const height = cells.length * CELL.height + 2 * MARGIN;
  const size = `${number(width)}" height="${number(height)}`;
  const parts = cells.flatMap((line, row) => runsOf(line).flatMap((run) => partsOf(run, row)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" viewBox="0 0 ${number(width)} ${number(height)}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<desc>${escapeXml(description)}</desc>`,
    `<rect x="0.5" y="0.5" width="${number(width - 1)}" height="${number(height - 1)}" rx="6" fill="${BACKGROUND}" stroke="${BORDER}"/>`,
    `<g font-family="${FONTS}" font-size="${CELL.size}" fill="${FOREGROUND}">`,
    ...parts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function partsOf({ text, column, columns, style }, row) {
  const x = number(MARGIN + column * CELL.width);
  const y = MARGIN + row * CELL.height;
  const colour = style.colour === null ? FOREGROUND : (COLOURS[style.colour % COLOURS.length] ?? FOREGROUND);
  const parts = [];
  if (style.isInverse)
    parts.push(
      `<rect x="${x}" y="${number(y)}" width="${number(columns * CELL.width)}" height="${CELL.height}" fill="${colour}"/>`,
    );
  const shown = text.trim();
  if (shown === '') return parts;
  // Blanks at the ends have no glyphs, and would be lost.
  const before = text.length - text.trimStart().length;
  const after = text.length - text.trimEnd().length;
  const attributes = [
    `x="${number(MARGIN + (column + before) * CELL.width)}"`,
    `y="${number(y + CELL.baseline)}"`,
    // Whatever the font, columns stay in line.
    `textLength="${number((columns - before - after) * CELL.width)}"`,
    'lengthAdjust="spacingAndGlyphs"',
    'xml:space="preserve"',
    ...(style.isInverse ? [`fill="${BACKGROUND}"`] : colour === FOREGROUND ? [] : [`fill="${colour}"`]),
    ...(style.isBold ? ['font-weight="bold"'] : []),
    ...(style.isDim ? [`opacity="${DIM}"`] : []),
  ];
  return [...parts, `<text ${attributes.join(' ')}>${escapeXml(shown)}</text>`];
}

/** Returns each line of a screen with escape sequences. */
export function ansiLines(cells) {
  return cells.map((line) =>
    runsOf(line)
      .map(({ text, style }) => {
        const codes = [
          ...(style.isBold ? [1] : []),
          ...(style.isDim ? [2] : []),
          ...(style.isInverse ? [7] : []),
          ...(style.colour === null ? [] : [30 + (style.colour % COLOURS.length)]),
        ];
        return codes.length === 0 ? text : `\x1b[${codes.join(';')}m${text}\x1b[0m`;
      })
      .join(''),
  );
}
