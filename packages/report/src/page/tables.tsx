import { useMemo } from 'preact/hooks';
import type { Table } from '../view/table.js';
import { DataTable } from './data-table.js';
import type { Linked, Place } from './place.js';

/** The tables of a report about images. */
export function Tables({ place }: { readonly place: Place }) {
  const { views, facts, paths } = place;
  const tables = useMemo(() => views.tables(facts, paths), [views, facts, paths]);
  return <TabbedTables tables={tables} place={place} />;
}

/** Tables, of which one is shown. */
export function TabbedTables({
  tables,
  place,
}: {
  readonly tables: readonly Table<number>[];
  readonly place: Linked & {
    readonly shown: { readonly table: string };
    readonly show: (change: { readonly table: string }) => void;
  };
}) {
  const chosen = tables.find(({ id }) => id === place.shown.table) ?? tables[0];
  if (chosen === undefined) return null;
  return (
    <section class="tables" id="tables" aria-label="Tables">
      <div role="tablist" aria-label="Tables">
        {tables.map(({ id, title }) => (
          <button
            type="button"
            role="tab"
            key={id}
            id={`tab-${id}`}
            aria-selected={id === chosen.id}
            aria-controls="table"
            onClick={() => place.show({ table: id })}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="table" aria-labelledby={`tab-${chosen.id}`}>
        <DataTable key={chosen.id} table={chosen} place={place} />
      </div>
    </section>
  );
}
