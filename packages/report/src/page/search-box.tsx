import { useMemo, useState } from 'preact/hooks';
import type { Paths } from '../view/paths.js';
import type { Linked } from './place.js';
import { Text } from './text.js';

const MOST_HITS = 50;

/** Finds paths by a part of their names. */
export function SearchBox<SomePaths extends Paths>({
  label,
  search,
  place,
}: {
  readonly label: string;
  /** Returns the first paths that a text means. */
  readonly search: (paths: SomePaths, text: string, most: number) => readonly number[];
  readonly place: Linked & {
    readonly paths: SomePaths;
    readonly select: (path: number, change: { readonly layer: number }) => void;
  };
}) {
  const [text, setText] = useState('');
  const { paths } = place;
  const hits = useMemo(() => search(paths, text, MOST_HITS), [paths, text]);
  return (
    <search>
      <label>
        <span class="unseen">{label}</span>
        <input
          type="search"
          placeholder={label}
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
