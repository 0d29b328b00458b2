import { useMemo, useState } from 'preact/hooks';
import { counted } from '../view/format.js';
import {
  arrangeRows,
  type Column,
  cellText,
  FIRST_STATE,
  sortedBy,
  type Table,
  targetOf,
} from '../view/table.js';
import type { Linked } from './place.js';
import { Text } from './text.js';

const FIRST_ROWS = 50;
const MORE_ROWS = 500;

/** A table that can be sorted and filtered. */
export function DataTable({ table, place }: { readonly table: Table<number>; readonly place: Linked }) {
  const [state, setState] = useState(FIRST_STATE);
  const [most, setMost] = useState(FIRST_ROWS);
  const rows = useMemo(() => arrangeRows(table, state), [table, state]);
  const { columns } = table;
  return (
    <>
      <div class="above-table">
        <p>{table.summary}</p>
        <label>
          <span class="unseen">Filter the rows</span>
          <input
            type="search"
            placeholder="Filter"
            value={state.filter}
            onInput={({ currentTarget }) => setState({ ...state, filter: currentTarget.value })}
          />
        </label>
        <p role="status">
          {rows.length === table.rows.length ? '' : `${rows.length} of `}
          {counted(table.rows.length, 'row')}
        </p>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls a wide table */}
      <section class="scroll" tabIndex={0} aria-label={table.title}>
        <table>
          <thead>
            <tr>
              {columns.map(({ title, hint }, i) => (
                <th key={title} scope="col" aria-sort={sortWord(state, i)}>
                  <button type="button" title={hint} onClick={() => setState(sortedBy(table, state, i))}>
                    {title}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row) => (
              <tr key={row}>
                {columns.map((column) => (
                  <Cell key={column.title} column={column} row={row} table={table} place={place} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > most ? (
        <button type="button" class="more" onClick={() => setMost(most + MORE_ROWS)}>
          Show {counted(Math.min(MORE_ROWS, rows.length - most), 'more row')}
        </button>
      ) : null}
    </>
  );
}

function sortWord({ sortBy, isDescending }: typeof FIRST_STATE, column: number) {
  if (sortBy !== column) return 'none';
  return isDescending ? 'descending' : 'ascending';
}

function Cell({
  column,
  row,
  table,
  place,
}: {
  readonly column: Column<number>;
  readonly row: number;
  readonly table: Table<number>;
  readonly place: Linked;
}) {
  const isNumber = typeof column.read(row) === 'number';
  const text = <Text>{cellText(column, row)}</Text>;
  const target = targetOf(table, column, row);
  return (
    <td class={isNumber ? 'number' : 'text'}>
      {target === null ? (
        text
      ) : (
        <a href={place.hrefOf(Math.max(0, target.path), { layer: target.layer })}>{text}</a>
      )}
    </td>
  );
}
