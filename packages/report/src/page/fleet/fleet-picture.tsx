import { useMemo } from 'preact/hooks';
import { cellOf, collapsed, isLeaf, partsOf } from '../../view/cell.js';
import { SIZINGS } from '../../view/fleet/fleet.js';
import { FLEET_COLOURINGS, fleetColours, fleetLegend } from '../../view/fleet/fleet-colours.js';
import { fleetCellName } from '../../view/fleet/fleet-names.js';
import { counted, humanBytes, visibleText } from '../../view/format.js';
import { neighbourOf } from '../../view/neighbours.js';
import type { Box, Placed } from '../../view/placed.js';
import { layoutTreemap } from '../../view/treemap.js';
import { Choice } from '../choice.js';
import { Text } from '../text.js';
import { Tiles } from '../tiles.js';
import type { FleetPlace } from './fleet-place.js';

/** The picture of repositories, their images, and the layers of these. */
export function FleetPicture({ place }: { readonly place: FleetPlace }) {
  const { fleet, paths, shown, selected, top } = place;
  const set = fleet.setOf(shown.sizing);
  const layout = useMemo(() => {
    const whole = collapsed(cellOf(set, top));
    const cells = isLeaf(whole) ? [whole] : partsOf(whole);
    return (box: Box) => layoutTreemap(cells, box, whole.path);
  }, [set, top]);
  const style = useMemo(
    () => ({
      colourOf: fleetColours(fleet, paths, shown.colouring),
      nameOf: (box: Placed) => fleetCellName(box, fleet, paths),
    }),
    [fleet, paths, shown.colouring],
  );
  const zoomIn = (path = selected): void => {
    const isParted = paths.endOf(path) > path + 1;
    place.select(path, { zoom: paths.namesOf(path).length - (isParted ? 0 : 1) });
  };
  return (
    <div class="picture">
      <div class="choices">
        <Choice
          label="layers count"
          words={SIZINGS}
          value={shown.sizing}
          onChoose={(sizing) => place.show({ sizing })}
        />
        <Choice
          label="colour"
          words={FLEET_COLOURINGS}
          value={shown.colouring}
          onChoose={(colouring) => place.show({ colouring })}
        />
      </div>
      <nav class="crumbs" aria-label="What fills the picture">
        {[0, ...above(place)].map((path) => (
          <a key={path} href={place.hrefOf(path, { zoom: paths.namesOf(path).length })}>
            <Text most={60}>{path === 0 ? 'all images' : paths.nameOf(path)}</Text>
          </a>
        ))}
        {selected === top ? null : (
          <button type="button" onClick={() => zoomIn()}>
            Zoom in
          </button>
        )}
      </nav>
      <Tiles
        label={`Treemap of ${paths.textOf(top)}`}
        layout={layout}
        style={style}
        paths={paths}
        selected={selected === top ? 0 : selected}
        hintOf={(box) => <Hint box={box} place={place} />}
        onSelect={place.select}
        onZoomIn={zoomIn}
        onZoomOut={() => place.show({ zoom: Math.max(0, shown.zoom - 1) })}
        neighbourOf={(direction) => neighbourOf(set, selected, direction)}
      />
      <ul class="legend">
        {fleetLegend(shown.colouring).map(({ label, colour }) => (
          <li key={label}>
            <span class="swatch" style={{ background: `var(${colour})` }} /> {label}
          </li>
        ))}
      </ul>
    </div>
  );
}

function above({ paths, top }: FleetPlace): number[] {
  const found: number[] = [];
  for (let path = top; path > 0; path = paths.parentOf(path)) found.push(path);
  return found.reverse();
}

function Hint({ box: { cell }, place }: { readonly box: Placed; readonly place: FleetPlace }) {
  const { fleet, paths } = place;
  const what = paths.placeOf(cell.path);
  const images = what.kind === 'layer' ? fleet.imagesOf(what.layer).length : 0;
  const only = cell.set.wastedBetween(cell.from, cell.to);
  return (
    <>
      <bdi>{visibleText(paths.textOf(cell.path), 300)}</bdi> {humanBytes(cell.bytes)}
      {what.kind === 'layer'
        ? `, in ${counted(images, 'image')}`
        : `, ${humanBytes(only)} of layers that one image alone has`}
    </>
  );
}
