// The pages of the JSON Schemas.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { row, table, text } from './markdown.mjs';

const folder = join(root, 'apps/cli/schemas');

const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => name.slice(0, -'.json'.length));

/** Reads the rows of docs/json.md: the schema of each document, what the document is, and the commands that print it. */
export function documentedSchemas() {
  const page = readFileSync(join(root, 'docs/json.md'), 'utf8');
  const section = /^## Documents\n([\s\S]*?)^## /m.exec(page)?.[1] ?? '';
  return [...section.matchAll(/^\| (.+?) \| (.+?) \| (.+?) \| (.*?) ?\|$/gm)].flatMap(
    ([, commands = '', about = '', schemas = '', line = '']) => {
      const printers = quoted(commands).map((words) => words.split(' ')[0] ?? '');
      const isOther = commands.startsWith('the other actions');
      const all = [...new Set([...quoted(schemas), ...quoted(line)])].filter((name) => names.includes(name));
      return all.map((schema) => ({ schema, about, commands: isOther ? ['fleet'] : printers }));
    },
  );
}

const quoted = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

/** Returns a page of each schema, and an overview. */
export function schemaPages() {
  const pages = names.map((name) => ({
    name,
    schema: JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')),
  }));
  return [
    {
      place: 'reference/json/index.md',
      markdown: `# JSON Schemas

[Scripts and JSON](../../json.md) explains units and names, and what stays stable. The package of the command has the same files.

${table(
  ['schema', 'of'],
  pages.map(({ name, schema }) => [
    `[\`${name}\`](./${name}.md)`,
    text(schema.title ?? 'definitions of several schemas'),
  ]),
)}
`,
    },
    ...pages.map(({ name, schema }) => ({
      place: `reference/json/${name}.md`,
      markdown: pageOf(name, schema),
    })),
  ];
}

function pageOf(name, schema) {
  const own = rowsOf(schema, '');
  const definitions = Object.entries(schema.$defs ?? {});
  const parts = [
    `# ${name}`,
    `${text(schema.title ?? 'Definitions that several schemas use')}. The schema as a file: <a href="/schemas/${name}.json" target="_self">${name}.json</a>.`,
    own.length === 0 ? '' : fields(own),
    ...definitions.flatMap(([title, definition]) => {
      const rows = rowsOf(definition, '');
      return [
        `## ${title}`,
        definition.description === undefined ? '' : `${text(definition.description)}.`,
        rows.length > 0 ? fields(rows) : `Type: ${typeOf(definition)}.`,
      ];
    }),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const fields = (rows) => table(['field', 'type', 'meaning'], rows);

/** Returns a row of each property, and of those of objects in it. A property that can be missing has a `?`. */
function rowsOf(schema, before) {
  const parts = [schema, ...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  const rows = parts.flatMap((part) =>
    Object.entries(part.properties ?? {}).flatMap(([name, property]) => {
      const path = `${before}${name}`;
      const mark = (part.required ?? []).includes(name) ? '' : '?';
      const isList = property.type === 'array';
      return [
        [row.code(`${path}${isList ? '[]' : ''}${mark}`), typeOf(property), text(property.description ?? '')],
        ...rowsOf(isList ? (property.items ?? {}) : property, `${path}${isList ? '[]' : ''}.`),
      ];
    }),
  );
  return [...new Map(rows.map((cells) => [cells.join('|'), cells])).values()];
}

function typeOf(schema) {
  if (schema.$ref !== undefined) return referenceOf(schema.$ref);
  if (schema.const !== undefined) return row.code(JSON.stringify(schema.const));
  if (schema.enum !== undefined)
    return schema.enum.map((value) => row.code(JSON.stringify(value))).join(', ');
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  return [schema.type ?? 'any value'].flat().join(' or ');
}

/** `common.json#/$defs/image/properties/id` leads to the heading `image` of the page `common`. */
function referenceOf(reference) {
  const [file = '', path = ''] = reference.split('#');
  const parts = path.split('/');
  const name = parts[2] ?? '';
  const title = parts.at(-1) || file.replace('.json', '');
  const page = file === '' ? '' : `./${file.replace('.json', '.md')}`;
  return `[${title}](${page}${name === '' ? '' : `#${name.toLowerCase()}`})`;
}
