import { useMemo } from 'preact/hooks';
import type { FleetFacts } from '../../data/fleet/fleet-facts.js';
import { Fleet } from '../../view/fleet/fleet.js';
import { type FleetShown, fleetLink, readFleetLink } from '../../view/fleet/fleet-link.js';
import { searchFleet } from '../../view/fleet/fleet-names.js';
import { deletionStory, fleetFigures, sharingStory } from '../../view/fleet/fleet-story.js';
import { fleetTables } from '../../view/fleet/fleet-tables.js';
import { Figures } from '../figures.js';
import { SearchBox } from '../search-box.js';
import { Statements } from '../statements.js';
import { TabbedTables } from '../tables.js';
import { Text } from '../text.js';
import { useShown } from '../use-shown.js';
import { FleetDetails } from './fleet-details.js';
import { FleetPicture } from './fleet-picture.js';
import type { FleetChange, FleetPlace } from './fleet-place.js';
import { MatrixSection } from './matrix-section.js';
import { RepositoriesPane } from './repositories-pane.js';

/** The whole page about a fleet. What it shows is in the fragment of its address. */
export function FleetReport({ facts }: { readonly facts: FleetFacts }) {
  const fleet = useMemo(() => new Fleet(facts), [facts]);
  const place = usePlace(fleet);
  const tables = useMemo(() => fleetTables(fleet), [fleet]);
  const stories = useMemo(() => [deletionStory(fleet), sharingStory(fleet)] as const, [fleet]);
  return (
    <>
      <header>
        <h1>
          Fleet <Text most={400}>{facts.name}</Text>
        </h1>
        {fleet.prefix === '' ? null : (
          <p class="facts">
            <span>
              All repositories are in <Text most={200}>{fleet.prefix}</Text>
            </span>
          </p>
        )}
        <Figures figures={fleetFigures(fleet)} />
      </header>
      <main>
        <section class="summary">
          <Statements title="What would free most" statements={stories[0]} place={place} />
          <Statements title="What is shared" statements={stories[1]} place={place} />
        </section>
        <section class="map" aria-label="Where the bytes are">
          <RepositoriesPane place={place} />
          <div class="middle">
            <SearchBox
              label="Find an image, a repository or a digest"
              search={(paths, text, most) => searchFleet(paths, fleet, text, most)}
              place={place}
            />
            <FleetPicture place={place} />
          </div>
          <FleetDetails place={place} />
        </section>
        <MatrixSection place={place} />
        <TabbedTables tables={tables} place={place} />
      </main>
      <footer>Made by layers. This page makes no requests.</footer>
    </>
  );
}

function usePlace(fleet: Fleet): FleetPlace {
  const shown = useShown(readFleetLink);
  const paths = fleet.pathsOf(shown.sizing);
  const pathChange = (path: number, { layer: _, ...change }: FleetChange): FleetShown => {
    const names = paths.namesOf(path);
    const stays = shown.names.slice(0, shown.zoom).every((name, i) => names[i] === name);
    return { ...shown, names, zoom: stays ? Math.min(shown.zoom, names.length) : 0, ...change };
  };
  return {
    fleet,
    paths,
    shown,
    selected: Math.max(0, paths.find(shown.names)),
    top: Math.max(0, paths.find(shown.names.slice(0, shown.zoom))),
    show: (change) => {
      location.hash = fleetLink({ ...shown, ...change });
    },
    select: (path, change = {}) => {
      location.hash = fleetLink(pathChange(path, change));
    },
    hrefOf: (path, change = {}) => fleetLink(pathChange(path, change)),
  };
}
