import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Direction } from '../view/neighbours.js';
import type { Paths } from '../view/paths.js';
import { type Box, cellAt, type Placed } from '../view/placed.js';
import { draw, type Style } from './draw.js';
import { Outline } from './outline.js';
import { useDarkness, useSize } from './use-size.js';

const KEYS: ReadonlyMap<string, Direction> = new Map([
  ['ArrowRight', 'next'],
  ['ArrowLeft', 'previous'],
  ['ArrowDown', 'into'],
  ['ArrowUp', 'out'],
]);

/** A canvas with cells, one of which is selected. */
export function Tiles({
  label,
  layout,
  style,
  paths,
  selected,
  hintOf,
  onSelect,
  onZoomIn,
  onZoomOut,
  neighbourOf,
}: {
  readonly label: string;
  /** Places the cells. Another function places them anew, and another style draws them anew. */
  readonly layout: (box: Box) => readonly Placed[];
  readonly style: Style;
  readonly paths: Paths;
  /** The selected path. */
  readonly selected: number;
  /** Returns what is said about the cell under the pointer. */
  readonly hintOf: (box: Placed) => ComponentChildren;
  readonly onSelect: (path: number) => void;
  /** Fills the picture with a path, or with the selected one. */
  readonly onZoomIn: (path?: number) => void;
  readonly onZoomOut: () => void;
  /** Returns the path that a key leads to from the selected one. */
  readonly neighbourOf: (direction: Direction) => number;
}) {
  const frame = useRef<HTMLButtonElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(frame);
  const isDark = useDarkness();
  const [hovered, setHovered] = useState<Placed | null>(null);
  const placed = useMemo(() => layout({ x: 0, y: 0, width, height }), [layout, width, height]);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || !context) return;
    const scale = devicePixelRatio;
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
    context.scale(scale, scale);
    draw(context, placed, style, getComputedStyle(element));
  }, [placed, style, isDark, width, height]);

  // The cell of the selected path, or the smallest that shows it.
  const marked =
    selected > 0 && placed.find(({ cell }) => cell.path >= selected && cell.path < paths.endOf(selected));
  const pointed = (event: PointerEvent | MouseEvent): Placed | null => {
    const box = frame.current?.getBoundingClientRect();
    return box === undefined ? null : cellAt(placed, event.clientX - box.x, event.clientY - box.y);
  };
  return (
    <div class="frame">
      <button
        type="button"
        class="canvas"
        ref={frame}
        aria-label={`${label}. The arrow keys move the selection, Enter zooms in, Escape out.`}
        onPointerMove={(event) => setHovered(pointed(event))}
        onPointerLeave={() => setHovered(null)}
        onClick={(event) => {
          // A key that presses the button is handled as a key.
          const hit = event.detail === 0 ? null : pointed(event);
          if (hit !== null) onSelect(hit.cell.path);
        }}
        onDblClick={(event) => {
          // What the first click selected may not be rendered yet.
          const hit = pointed(event);
          if (hit !== null) onZoomIn(hit.cell.path);
        }}
        onKeyDown={(event) => {
          const direction = KEYS.get(event.key);
          if (direction !== undefined) onSelect(neighbourOf(direction));
          else if (event.key === 'Enter') onZoomIn();
          else if (event.key === 'Escape' || event.key === 'Backspace') onZoomOut();
          else return;
          event.preventDefault();
        }}
      >
        <canvas ref={canvas} />
        {marked && <Outline kind="selected" box={marked} />}
        {hovered && <Outline kind="hovered" box={hovered} />}
      </button>
      <p class="hint">{hovered === null ? 'Click to select, double-click to zoom in.' : hintOf(hovered)}</p>
    </div>
  );
}
