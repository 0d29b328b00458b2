import { useCallback, useMemo } from 'preact/hooks';
import type { ReportData } from '../data/index.js';
import { linkOf, readLink, type Shown } from '../view/link.js';
import { Paths } from '../view/paths.js';
import { Contents } from '../view/picture.js';
import { searchPaths } from '../view/search.js';
import { Details } from './details.js';
import { Heading } from './heading.js';
import { LayersPane } from './layers-pane.js';
import { Picture } from './picture.js';
import type { Place } from './place.js';
import { SearchBox } from './search-box.js';
import { Tables } from './tables.js';
import { useShown } from './use-shown.js';

/** The whole page. What it shows is in the fragment of its address. */
export function Report({
  data,
  views,
  Actions,
  isPartial,
}: Pick<Place, 'views' | 'Actions' | 'isPartial'> & { readonly data: ReportData }) {
  const { Summary } = views;
  const contents = useMemo(
    () => new Contents(new Paths(data.columns, data.facts.comparison !== null)),
    [data],
  );
  const place = { ...usePlace(data, contents), views, Actions, isPartial };
  return (
    <>
      <Heading place={place} />
      <main>
        <Summary place={place} />
        <section class="map" aria-label="Where the bytes are">
          <LayersPane place={place} />
          <div class="middle">
            <SearchBox label="Find a path" search={searchPaths} place={place} />
            <Picture place={place} />
          </div>
          <Details place={place} />
        </section>
        <Tables place={place} />
      </main>
      <footer>Made by layers. This page makes no requests.</footer>
    </>
  );
}

function usePlace({ facts }: ReportData, contents: Contents): Omit<Place, 'views' | 'Actions' | 'isPartial'> {
  const { isComparison } = contents.paths;
  const read = useCallback((fragment: string) => readLink(fragment, isComparison), [isComparison]);
  const shown = useShown(read);
  const { paths } = contents;
  const selected = Math.max(0, paths.find(shown.names));
  const show = (change: Partial<Shown>): void => {
    location.hash = linkOf({ ...shown, ...change }, isComparison);
  };
  const pathChange = (path: number, change: Partial<Shown>): Shown => {
    const names = paths.namesOf(path);
    const stays = shown.names.slice(0, shown.zoom).every((name, i) => names[i] === name);
    return { ...shown, names, zoom: stays ? Math.min(shown.zoom, names.length) : 0, ...change };
  };
  return {
    facts,
    paths,
    contents,
    shown,
    selected,
    top: Math.max(0, paths.find(shown.names.slice(0, shown.zoom))),
    show,
    select: (path, change = {}) => show(pathChange(path, change)),
    hrefOf: (path, change = {}) => linkOf(pathChange(path, change), isComparison),
  };
}
