import { useMemo } from 'preact/hooks';
import { ownerOf } from '../view/cell.js';
import { cellName } from '../view/cell-name.js';
import { colouringsOf, colourOf, legendOf } from '../view/colours.js';
import { counted, visibleText } from '../view/format.js';
import { layoutIcicle } from '../view/icicle.js';
import { neighbourOf } from '../view/neighbours.js';
import { GROUPINGS, SHAPES } from '../view/picture.js';
import type { Box, Placed } from '../view/placed.js';
import { layerName } from '../view/story.js';
import { layoutTreemap } from '../view/treemap.js';
import { Choice } from './choice.js';
import type { Place } from './place.js';
import { Text } from './text.js';
import { Tiles } from './tiles.js';

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
  const layout = useMemo(() => {
    const cells = contents.topCells(top, shown.layer, shown.grouping, facts.inspect.layers.length);
    return (box: Box) => (shown.shape === 'icicle' ? layoutIcicle : layoutTreemap)(cells, box, top);
  }, [contents, facts, top, shown.layer, shown.grouping, shown.shape]);
  const style = useMemo(
    () => ({
      colourOf: ({ cell, isLast, depth }: Placed) => colourOf(cell, shown.colouring, isLast, depth),
      nameOf: (box: Placed) => cellName(box, facts),
    }),
    [shown.colouring, facts],
  );
  return (
    <Tiles
      label={`${shown.shape} of ${paths.textOf(top)}`}
      layout={layout}
      style={style}
      paths={paths}
      selected={selected}
      hintOf={(box) => <Hint box={box} place={place} />}
      onSelect={place.select}
      onZoomIn={(path) => zoomIn(place, path)}
      onZoomOut={() => place.show({ zoom: Math.max(0, shown.zoom - 1) })}
      neighbourOf={(direction) => neighbourOf(contents.setOf(shown.layer), selected, direction)}
    />
  );
}

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
