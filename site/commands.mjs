// The pages of the commands, from their records.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { headingsOf } from './links.mjs';
import { code, row, table, text } from './markdown.mjs';

/** The headings of the page about templates: most commands with rows have one. */
const headings = headingsOf(readFileSync(join(root, 'docs/format.md'), 'utf8'));

/** Returns the pages: an overview, and one of each command. `mentions` has the guide pages that use a command. */
export function commandPages(records, mentions, schemas) {
  const { GROUPS } = records;
  const overview = [
    '# Commands',
    'One page each. `layers COMMAND --help` prints the same on a terminal.',
    ...GROUPS.flatMap(({ title, commands }) => [
      `## ${text(title.replace(/ \(.*|:$/g, ''))}`,
      table(
        ['command', 'what it does'],
        commands.map(({ name, summary }) => [`[\`${name}\`](./${name}.md)`, text(summary)]),
      ),
    ]),
  ];
  return [
    { place: 'reference/commands/index.md', markdown: page(overview) },
    ...GROUPS.flatMap(({ commands }) => commands).map((record) => ({
      place: `reference/commands/${record.name}.md`,
      markdown: page(partsOf(record, records, mentions.get(record.name) ?? [], schemas)),
    })),
  ];
}

const page = (parts) => `${parts.filter((part) => part !== '').join('\n\n')}\n`;

function partsOf(record, { EVERY, ROW_TABLES, globalOptions, usageOf }, mentions, schemas) {
  const { name, summary, options, examples, statuses, imageNames = [] } = record;
  const documents = schemas.filter(({ commands }) => commands.includes(name));
  const isRows = Object.hasOwn(ROW_TABLES, name);
  return [
    `# layers ${name}`,
    `${text(summary)}.`,
    code('text', `layers ${name} ${usageOf(record)}`),
    imageNames.length === 0
      ? ''
      : `Docker's name for it works, too: ${imageNames.map((each) => `\`layers image ${each}\``).join(', ')}.`,
    '## Examples',
    code('sh', examples.join('\n')),
    ...(record.arguments.length === 0
      ? []
      : ['## Arguments', table(['argument', 'meaning'], record.arguments.map(named('name')))]),
    ...(options.length === 0
      ? []
      : ['## Options', table(['option', 'meaning'], options.map(named('flags')))]),
    '## Options of every command',
    table(['option', 'meaning'], globalOptions(record.global).map(named('flags'))),
    ...(isRows || documents.length > 0 ? ['## Output'] : []),
    ...(isRows ? [fieldsOf(ROW_TABLES[name], name)] : []),
    ...documents.map(({ schema, about }) => `\`--json\`: ${about} ([schema](../json/${schema}.md)).`),
    '## Exit status',
    table(
      ['status', 'meaning'],
      Object.entries({ ...EVERY, ...statuses })
        .sort(([a], [b]) => Number(a) - Number(b))
        .map(([status, meaning]) => [status, text(meaning)]),
    ),
    ...(mentions.length === 0
      ? []
      : [
          '## Pages that use it',
          mentions.map(({ title, place }) => `- [${title}](../../${place})`).join('\n'),
        ]),
  ];
}

const named =
  (field) =>
  ({ [field]: name, summary }) => [row.code(name), text(summary)];

function fieldsOf({ fields }, name) {
  const list = fields.map((field) => [`\`{{.${field.name}}}\``, field.title ?? field.name.toUpperCase()]);
  return `\`--format\` prints these fields of each row, and those of \`--jsonl\`
([templates](../../format.md${headings.includes(name) ? `#${name}` : ''})):\n\n${table(['field', 'title in a table'], list)}`;
}
