import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ownerOf } from '../view/cell.js';
import { cellName } from '../view/cell-name.js';
import { colouringsOf, legendOf } from '../view/colours.js';
import { counted, visibleText } from '../view/format.js';
import { layoutIcicle } from '../view/icicle.js';
import { type Direction, neighbourOf } from '../view/neighbours.js';
import { GROUPINGS, SHAPES } from '../view/picture.js';
import { cellAt, type Placed } from '../view/placed.js';
import { layerName } from '../view/story.js';
import { layoutTreemap } from '../view/treemap.js';
import { Choice } from './choice.js';
import { draw } from './draw.js';
import { Outline } from './outline.js';
import type { Place } from './place.js';
import { Text } from './text.js';
import { useDarkness, useSize } from './use-size.js';

const KEYS: ReadonlyMap<string, Direction> = new Map([
  ['ArrowRight', 'next'],
  ['ArrowLeft', 'previous'],
  ['ArrowDown', 'into'],
  ['ArrowUp', 'out'],
]);

/** The picture of where the bytes are, with what chooses its form. */
export function Picture({ place }: { readonly place: Place }) {
  const { shown, paths, top } = place;
  return (
    <div class="picture">
      <div class="choices">
        <Choice
          label="by"
          words={GROUPINGS}
          value={shown.grouping}
          onChoose={(grouping) => place.show({ grouping })}
        />
        <Choice label="as" words={SHAPES} value={shown.shape} onChoose={(shape) => place.show({ shape })} />
        <Choice
          label="colour"
          words={colouringsOf(paths.isComparison)}
          value={shown.colouring}
          onChoose={(colouring) => place.show({ colouring })}
        />
      </div>
      <nav class="crumbs" aria-label="Directory of the picture">
        {[0, ...ancestors(place)].map((path) => (
          <a key={path} href={place.hrefOf(path, { zoom: paths.namesOf(path).length })}>
            {path === 0 ? 'all files' : <Text most={60}>{paths.nameOf(path)}</Text>}
          </a>
        ))}
        {place.selected === top ? null : (
          <button type="button" onClick={() => zoomIn(place)}>
            Zoom in
          </button>
        )}
      </nav>
      <Canvas place={place} />
      <ul class="legend">
        {legendOf(shown.colouring, paths.isComparison).map(({ label, colour }) => (
          <li key={label}>
            <span class="swatch" style={{ background: `var(${colour})` }} /> {label}
          </li>
        ))}
      </ul>
    </div>
  );
}

function ancestors({ paths, top }: Place): number[] {
  const found: number[] = [];
  for (let path = top; path > 0; path = paths.parentOf(path)) found.push(path);
  return found.reverse();
}

/** Selects a path, and fills the picture with its directory: itself, or that of a file. */
function zoomIn(place: Place, path = place.selected): void {
  const { paths } = place;
  const isDirectory = paths.endOf(path) > path + 1;
  const zoom = paths.namesOf(path).length - (isDirectory ? 0 : 1);
  place.select(path, { zoom });
}

function Canvas({ place }: { readonly place: Place }) {
  const { shown, paths, contents, facts, top, selected } = place;
  const frame = useRef<HTMLButtonElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(frame);
  const isDark = useDarkness();
  const [hovered, setHovered] = useState<Placed | null>(null);
  const placed = useMemo(() => {
    const cells = contents.topCells(top, shown.layer, shown.grouping, facts.inspect.layers.length);
    const layout = shown.shape === 'icicle' ? layoutIcicle : layoutTreemap;
    return layout(cells, { x: 0, y: 0, width, height }, top);
  }, [contents, facts, top, shown.layer, shown.grouping, shown.shape, width, height]);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || !context) return;
    const scale = devicePixelRatio;
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
    context.scale(scale, scale);
    const styles = getComputedStyle(element);
    draw(context, placed, {
      colouring: shown.colouring,
      font: `12px ${styles.fontFamily}`,
      propertyOf: (name) => styles.getPropertyValue(name),
      nameOf: (box) => cellName(box, facts),
    });
  }, [placed, shown.colouring, isDark, width, height, facts, paths]);

  const marked = useMemo(
    () => (selected === 0 ? [] : placed.filter(({ cell }) => isInside(cell.path, selected, place))),
    [placed, selected],
  );
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
        aria-label={`${shown.shape} of ${paths.textOf(top)}. The arrow keys move the selection, Enter zooms in, Escape out.`}
        onPointerMove={(event) => setHovered(pointed(event))}
        onPointerLeave={() => setHovered(null)}
        onClick={(event) => {
          // A key that presses the button is handled as a key.
          const hit = event.detail === 0 ? null : pointed(event);
          if (hit !== null) place.select(hit.cell.path);
        }}
        onDblClick={(event) => {
          // What the first click selected may not be rendered yet.
          const hit = pointed(event);
          if (hit !== null) zoomIn(place, hit.cell.path);
        }}
        onKeyDown={(event) => {
          const direction = KEYS.get(event.key);
          if (direction !== undefined)
            place.select(neighbourOf(contents.setOf(shown.layer), selected, direction));
          else if (event.key === 'Enter') zoomIn(place);
          else if (event.key === 'Escape' || event.key === 'Backspace')
            place.show({ zoom: Math.max(0, shown.zoom - 1) });
          else return;
          event.preventDefault();
        }}
      >
        <canvas ref={canvas} />
        {marked.slice(0, 1).map((box) => (
          <Outline key="selected" kind="selected" box={box} />
        ))}
        {hovered === null ? null : <Outline kind="hovered" box={hovered} />}
      </button>
      <p class="hint">{hovered === null ? HINT : <Hint box={hovered} place={place} />}</p>
    </div>
  );
}

const HINT = 'Click to select, double-click to zoom in.';

function Hint({ box: { cell }, place }: { readonly box: Placed; readonly place: Place }) {
  const { columns } = place.paths;
  const { set, from, to } = cell;
  const layer = columns.layer[set.items[from] ?? 0] ?? 0;
  const detail = to - from === 1 ? layerName(place.facts, layer) : counted(to - from, 'content');
  const owner = place.facts.owners[ownerOf(cell) - 1];
  return (
    <>
      <bdi>{visibleText(place.paths.textOf(cell.path), 300)}</bdi> {set.textBetween(from, to)}, {detail}
      {owner === undefined ? '' : `, of package ${visibleText(owner)}`}
    </>
  );
}

/** Whether a cell shows the selected path, or is the smallest that does. */
function isInside(path: number, selected: number, { paths }: Place): boolean {
  return path >= selected && path < paths.endOf(selected);
}
