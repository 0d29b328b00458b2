import { useEffect, useRef, useState } from 'preact/hooks';
import { type Matrix, shadeOf } from '../../view/fleet/matrix.js';
import { type MatrixGeometry, matrixGeometry } from '../../view/fleet/matrix-geometry.js';
import { sharedBetween } from '../../view/fleet/sharing.js';
import { humanBytes, visibleText } from '../../view/format.js';
import { fitted } from '../draw.js';
import { Outline } from '../outline.js';
import { useDarkness, useSize } from '../use-size.js';
import type { FleetPlace } from './fleet-place.js';

interface MatrixCell {
  readonly row: number;
  readonly column: number;
}

const STEPS: ReadonlyMap<string, MatrixCell> = new Map([
  ['ArrowRight', { row: 0, column: 1 }],
  ['ArrowLeft', { row: 0, column: -1 }],
  ['ArrowDown', { row: 1, column: 0 }],
  ['ArrowUp', { row: -1, column: 0 }],
]);

/** The matrix. A click or Enter selects the image of a row; the arrow keys move from cell to cell. */
export function MatrixCanvas({ matrix, place }: { readonly matrix: Matrix; readonly place: FleetPlace }) {
  const { shade } = place.shown;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(frame);
  const isDark = useDarkness();
  const [hovered, setHovered] = useState<MatrixCell | null>(null);
  const [chosen, setChosen] = useState<MatrixCell | null>(null);
  const count = matrix.rows.length;
  const geometry = matrixGeometry(count, width);
  const { label, cell } = geometry;
  const shown = hovered ?? chosen;

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || !context) return;
    const scale = devicePixelRatio;
    element.width = Math.round(geometry.width * scale);
    element.height = Math.round(geometry.height * scale);
    context.scale(scale, scale);
    drawMatrix(
      context,
      matrix,
      geometry,
      (row, column) => shadeOf(matrix, row, column, shade),
      getComputedStyle(element),
    );
  }, [matrix, shade, isDark, width]);

  const pointed = (event: PointerEvent | MouseEvent): MatrixCell | null => {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined) return null;
    const row = Math.floor((event.clientY - box.y) / cell);
    const column = Math.max(0, Math.floor((event.clientX - box.x - label) / cell));
    return row >= 0 && row < count && column < count ? { row, column } : null;
  };
  const select = ({ row }: MatrixCell): void => place.select(matrix.rows[row]?.path ?? 0);
  return (
    <div class="frame" ref={frame}>
      <p class="matrix-hint" role="status">
        {shown === null ? 'Point at a cell, or move with the arrow keys.' : cellText(matrix, shown)}
      </p>
      <div class="wide">
        <button
          type="button"
          class="matrix"
          aria-label={`Matrix of ${count} rows and columns. The arrow keys move from cell to cell, Enter selects the row.`}
          style={{ width: `${geometry.width}px`, height: `${geometry.height}px` }}
          onPointerMove={(event) => setHovered(pointed(event))}
          onPointerLeave={() => setHovered(null)}
          onClick={(event) => {
            const hit = event.detail === 0 ? null : pointed(event);
            if (hit === null) return;
            setChosen(hit);
            select(hit);
          }}
          onKeyDown={(event) => {
            const step = STEPS.get(event.key);
            if (step !== undefined) {
              const from = chosen ?? { row: 0, column: -1 };
              const within = (value: number): number => Math.min(count - 1, Math.max(0, value));
              setChosen({ row: within(from.row + step.row), column: within(from.column + step.column) });
            } else if (event.key === 'Enter' && chosen !== null) select(chosen);
            else return;
            event.preventDefault();
          }}
        >
          <canvas ref={canvas} />
          {shown === null ? null : (
            <>
              <Outline
                kind="hovered"
                box={{ x: label, y: shown.row * cell, width: count * cell, height: cell }}
              />
              <Outline
                kind="hovered"
                box={{ x: label + shown.column * cell, y: 0, width: cell, height: count * cell }}
              />
            </>
          )}
        </button>
      </div>
    </div>
  );
}

/** Says what a cell is. */
function cellText({ rows, sharing }: Matrix, { row, column }: MatrixCell): string {
  const nameOf = (i: number): string => visibleText(rows[i]?.name ?? '', 120);
  const sizeOf = (i: number): string => humanBytes(sharedBetween(sharing, i, i));
  if (row === column) return `${nameOf(row)}: ${sizeOf(row)}`;
  const both = sharedBetween(sharing, row, column);
  if (both === 0)
    return `${nameOf(row)} (${sizeOf(row)}) and ${nameOf(column)} (${sizeOf(column)}) share nothing`;
  return `${nameOf(row)} (${sizeOf(row)}) and ${nameOf(column)} (${sizeOf(column)}) share ${humanBytes(both)}`;
}

const LEAST_TEXT = 10;

function drawMatrix(
  context: CanvasRenderingContext2D,
  { rows }: Matrix,
  { label, cell, width, height }: MatrixGeometry,
  shade: (row: number, column: number) => number,
  styles: CSSStyleDeclaration,
): void {
  const colour = (name: string): string => styles.getPropertyValue(name);
  context.clearRect(0, 0, width, height);
  context.textBaseline = 'middle';
  context.font = `${Math.min(12, Math.max(LEAST_TEXT, cell - 1))}px ${styles.fontFamily}`;
  const dot = context.measureText('…').width;
  const gap = cell > 5 ? 1 : 0;
  const isNamed = cell >= LEAST_TEXT;
  for (const [row, { name }] of rows.entries()) {
    if (isNamed) {
      context.fillStyle = colour('--text');
      context.fillText(fitted(context, visibleText(name, 120), label - 8, dot), 0, (row + 0.5) * cell);
    }
    for (const column of rows.keys()) {
      const [x, y, side] = [label + column * cell, row * cell, cell - gap];
      context.fillStyle = colour(row === column ? '--cell-directory' : '--surface');
      context.fillRect(x, y, side, side);
      context.globalAlpha = row === column ? 0 : shade(row, column);
      context.fillStyle = colour('--accent');
      context.fillRect(x, y, side, side);
      context.globalAlpha = 1;
    }
  }
}
