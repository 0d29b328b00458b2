import { useMemo, useState } from 'preact/hooks';
import { searchPaths } from '../view/search.js';
import type { Place } from './place.js';
import { Text } from './text.js';

const MOST_HITS = 50;

/** Finds paths by a part of their names. */
export function SearchBox({ place }: { readonly place: Place }) {
  const [text, setText] = useState('');
  const { paths } = place;
  const hits = useMemo(() => searchPaths(paths, text, MOST_HITS), [paths, text]);
  return (
    <search>
      <label>
        <span class="unseen">Find a path</span>
        <input
          type="search"
          placeholder="Find a path"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={({ key }) => {
            const [first] = hits;
            if (key === 'Escape') setText('');
            if (key !== 'Enter' || first === undefined) return;
            place.select(first, { layer: -1 });
            setText('');
          }}
        />
      </label>
      <p class="unseen" role="status">
        {text === '' ? '' : `${hits.length === MOST_HITS ? 'at least ' : ''}${hits.length} found`}
      </p>
      {text === '' ? null : (
        <ul class="hits">
          {hits.length === 0 ? <li class="nothing">Nothing found</li> : null}
          {hits.map((path) => (
            <li key={path}>
              <a href={place.hrefOf(path, { layer: -1 })} onClick={() => setText('')}>
                <Text most={300}>{paths.textOf(path)}</Text>
              </a>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}
