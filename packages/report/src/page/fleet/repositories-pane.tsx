import { useMemo } from 'preact/hooks';
import type { Fleet } from '../../view/fleet/fleet.js';
import { counted, humanBytes } from '../../view/format.js';
import { Text } from '../text.js';
import type { FleetPlace } from './fleet-place.js';

const MOST_ROWS = 100;

interface Row {
  readonly path: number;
  readonly name: string;
  readonly images: number;
  readonly storedBytes: number;
  readonly freedBytes: number;
}

/** The repositories, each with a bar of its bytes. A click shows one alone. */
export function RepositoriesPane({ place }: { readonly place: FleetPlace }) {
  const { fleet, paths, top } = place;
  const rows = useMemo(() => rowsOf(fleet), [fleet]);
  const largest = Math.max(1, ...rows.map(({ storedBytes }) => storedBytes));
  return (
    <nav class="layers" aria-label="Repositories">
      <h2>Repositories</h2>
      <button
        type="button"
        class="layer"
        aria-pressed={top === 0}
        onClick={() => place.select(0, { zoom: 0 })}
      >
        <span class="row">
          <span class="number">all</span>
          <span class="size">{humanBytes(fleet.facts.totals.storedBytes)}</span>
        </span>
      </button>
      <ol>
        {rows.slice(0, MOST_ROWS).map(({ path, name, images, storedBytes, freedBytes }) => {
          const isShown = top >= path && top < paths.endOf(path);
          return (
            <li key={path}>
              <button
                type="button"
                class="layer"
                aria-pressed={isShown}
                onClick={() => (isShown ? place.select(0, { zoom: 0 }) : place.select(path, { zoom: 1 }))}
              >
                <span class="row">
                  <span class="step">
                    <Text most={200}>{name}</Text>
                  </span>
                  <span class="size">{humanBytes(storedBytes)}</span>
                </span>
                <span class="bar" title={`red: what deleting it frees, ${humanBytes(freedBytes)}`}>
                  <span class="used" style={{ width: `${((storedBytes - freedBytes) / largest) * 100}%` }} />
                  <span class="wasted" style={{ width: `${(freedBytes / largest) * 100}%` }} />
                </span>
                <span class="of-repository">
                  {counted(images, 'image')}, frees {humanBytes(freedBytes)}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      {rows.length > MOST_ROWS ? (
        <a href={place.hrefOf(place.selected, { table: 'repositories' })} aria-controls="tables">
          {counted(rows.length - MOST_ROWS, 'more repository', 'more repositories')}
        </a>
      ) : null}
    </nav>
  );
}

function rowsOf(fleet: Fleet): Row[] {
  return fleet.repositories
    .map(({ name, images, deletable }, i) => ({
      path: fleet.tree.pathOfRepository[i] ?? 0,
      name: fleet.shortName(name),
      images: images.length,
      storedBytes: fleet.bytesOf(fleet.layersOfAll(images)),
      freedBytes: fleet.freedBy(deletable).bytes,
    }))
    .filter(({ images }) => images > 0)
    .sort((a, b) => b.storedBytes - a.storedBytes);
}
