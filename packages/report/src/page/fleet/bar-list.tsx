import { counted, humanBytes } from '../../view/format.js';
import { Text } from '../text.js';
import type { FleetPlace } from './fleet-place.js';

/** A line with a link, a size and a bar. */
export interface BarRow {
  readonly path: number;
  readonly name: string;
  readonly bytes: number;
  /** What stands below the name. */
  readonly note?: string;
  /** Whether only one image has it. */
  readonly isAlone?: boolean;
}

const MOST_ROWS = 12;

/** A list of what has bytes. Those beyond a few are counted. Nothing for an empty list. */
export function BarList({
  title,
  rows,
  colour,
  place,
}: {
  readonly title: string;
  readonly rows: readonly BarRow[];
  readonly colour: 'used' | 'wasted';
  readonly place: FleetPlace;
}) {
  if (rows.length === 0) return null;
  const largest = Math.max(1, ...rows.map(({ bytes }) => bytes));
  return (
    <>
      <h3>{title}</h3>
      <ul class="children">
        {rows.slice(0, MOST_ROWS).map(({ path, name, bytes, note, isAlone = colour === 'wasted' }) => (
          <li key={path}>
            <a href={place.hrefOf(path)}>
              <Text most={200}>{name}</Text>
            </a>
            <span class="size">{humanBytes(bytes)}</span>
            <span class="bar">
              <span class={isAlone ? 'wasted' : 'used'} style={{ width: `${(bytes / largest) * 100}%` }} />
            </span>
            {note === undefined ? null : <span class="note">{note}</span>}
          </li>
        ))}
      </ul>
      {rows.length > MOST_ROWS ? <p>{counted(rows.length - MOST_ROWS, 'more', 'more')}</p> : null}
    </>
  );
}
