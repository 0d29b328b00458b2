import { readFileSync } from 'node:fs';
import { FLEET_TABLES } from '@layers/fleet';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../../../docs/fleet.md', import.meta.url), 'utf8');

test('docs/fleet.md lists every table and column', () => {
  const sections = FLEET_TABLES.map(({ name, meaning, columns }) => {
    const rows = columns.map(
      (column) =>
        `| \`${column.name}\` | ${column.type}${column.nullable ? ', or null' : ''} | ${column.meaning} |`,
    );
    const title = `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`;
    return [`### ${name}`, '', title, '', '| column | type | |', '|---|---|---|', ...rows].join('\n');
  });
  expect(page.slice(page.indexOf('### images')).trim()).toBe(sections.join('\n\n'));
});
