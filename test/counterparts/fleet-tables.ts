import { FLEET_TABLES, queryFleet } from '@layers/fleet';

/** Digests in place of the numbers of one fleet. */
const DIGESTS: Readonly<Record<string, readonly [join: string, digest: string]>> = {
  image: ['JOIN images AS i ON i.image = t.image', 'i.digest'],
  layer: ['JOIN layers AS l ON l.layer = t.layer', 'l.digest'],
  tree: ['JOIN (SELECT DISTINCT tree, diff_id FROM layers) AS d ON d.tree = t.tree', 'd.diff_id'],
};

/** All rows of all tables of a fleet, which do not depend on the order in which images were read. */
export async function tablesOf(fleet: string): Promise<Readonly<Record<string, unknown>>> {
  const tables: Record<string, unknown> = {};
  for (const { name, columns } of FLEET_TABLES) {
    const selected = columns.map((column) => DIGESTS[column.name]?.[1] ?? `t.${column.name}`);
    const joins = columns.map((column) => DIGESTS[column.name]?.[0] ?? '');
    const sql = `SELECT ${selected.join(', ')} FROM ${name} AS t ${joins.join(' ')} ORDER BY ALL`;
    tables[name] = (await queryFleet(fleet, sql)).rows;
  }
  return tables;
}
