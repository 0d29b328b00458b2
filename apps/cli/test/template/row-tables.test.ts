import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FieldForm, RowField, RowTable } from '../../src/template/row-field.ts';
import { ROW_TABLES } from '../../src/template/row-tables.ts';
import { titleOf } from '../../src/template/row-template.ts';

const ALL: readonly (readonly [string, RowTable])[] = Object.entries(ROW_TABLES);
/** Rows whose names are those of a query have no schema. */
const TABLES = ALL.filter(([, { names }]) => names !== 'any');

/** The schema of a row, where it is not that of `--jsonl`: a file, or the place in a file. */
const SCHEMAS: Readonly<Record<string, readonly [file: string, ...path: string[]]>> = {
  history: ['history-step.json'],
  ls: ['ls-entry.json'],
  log: ['log-event.json'],
  tree: ['tree.json', '$defs', 'node'],
  advise: ['advise.json', 'properties', 'advice', 'items'],
  base: ['base.json', 'properties', 'evidence', 'items'],
};

/** What a command adds to the rows. */
const ADDED: Readonly<Record<string, readonly string[]>> = {
  history: ['imageId', 'tags', 'zero'],
  images: ['digest', 'names', 'isDangling', 'isReadOnly', 'parentId', 'repoDigests', 'labels'],
  tree: ['path', 'depth'],
};

interface Schema {
  readonly file: string;
  readonly node: unknown;
}

function load(file: string): Schema {
  return { file, node: JSON.parse(readFileSync(new URL(`../../schemas/${file}`, import.meta.url), 'utf8')) };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Follows references, and returns all alternatives. */
function variants({ file, node }: Schema): Schema[] {
  const ref = member(node, '$ref');
  if (typeof ref === 'string') {
    const [of = '', path = ''] = ref.split('#');
    const target = of === '' ? load(file) : load(of);
    const inner = path.split('/').filter(Boolean).reduce(member, target.node);
    return variants({ file: target.file, node: inner });
  }
  const choices = member(node, 'oneOf') ?? member(node, 'anyOf');
  if (Array.isArray(choices)) return choices.flatMap((choice) => variants({ file, node: choice }));
  return [{ file, node }];
}

function parts(schema: Schema, name: string): Schema[] {
  return variants(schema).flatMap(({ file, node }) => {
    const inner =
      name === '*' || name === 'last' ? member(node, 'items') : member(member(node, 'properties'), name);
    return inner === undefined ? [] : [{ file, node: inner }];
  });
}

function schemaOf(command: string): Schema {
  const [file, ...path] = SCHEMAS[command] ?? [`${command}-item.json`];
  const { node } = load(file);
  return { file, node: path.reduce(member, node) };
}

describe.each(TABLES)('the rows of %s', (command, table) => {
  const schema = schemaOf(command);
  const added = ADDED[command] ?? [];
  const properties = variants(schema).flatMap(({ node }) => Object.keys(Object(member(node, 'properties'))));

  it('have all names of the JSON item', () => {
    expect([...table.names].sort()).toEqual(
      [...new Set([...properties, ...(command === 'tree' ? added : [])])]
        .filter((name) => name !== 'children')
        .sort(),
    );
  });

  it('take each field from what the JSON item has', () => {
    const isKnown = (from: string): boolean => {
      const names = from === '' ? [] : from.split('.');
      if (added.includes(names[0] ?? '')) return true;
      return names.reduce((found, name) => found.flatMap((part) => parts(part, name)), [schema]).length > 0;
    };
    const all: readonly RowField[] = [...table.fields, ...(table.otherNames ?? [])];
    const wrong = all.filter(({ from }) => !from.split('|').every(isKnown));
    expect(wrong).toEqual([]);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name } of all) expect(name).toMatch(/^[A-Z][A-Za-z]*$/);
  });

  it('have titles as docker writes them', () => {
    for (const { name, title = titleOf(name) } of table.fields)
      expect([name, title]).toEqual([name, title.toUpperCase()]);
  });
});

/** What the page says about the form of a field. */
const FORMS: Readonly<Partial<Record<FieldForm, string>>> = {
  'text-or-none': '`<none>` if null',
  paths: 'the paths, with commas between them',
  words: 'with commas between them',
  size: 'such as `5.6MB`',
  digest: 'twelve digits',
  'digest-or-missing': 'twelve digits, or `<missing>`',
  'go-time': 'such as `2026-11-21 02:36:41 +0000 UTC`',
  age: 'such as `3 weeks ago`',
  date: 'such as `2026-11-21 02:36`',
  mode: 'such as `-rwxr-xr-x`',
  platform: 'such as `linux/arm64/v8`',
  step: 'at most 45 characters',
  'not-applicable': '`N/A`',
};

function line({ name, from, form }: RowField): string {
  const shown = from
    .split('|')
    .filter((path) => !['', 'zero'].includes(path))
    .map((path) => `\`${path.replace('.last', '[-1]').replace('.*', '[]')}\``);
  return `| \`.${name}\` | ${[shown.join(' or '), FORMS[form] ?? ''].filter(Boolean).join('; ')} |`;
}

describe('docs/format.md', () => {
  const page = readFileSync(new URL('../../../../docs/format.md', import.meta.url), 'utf8');

  it.each(TABLES)('lists the fields of %s', (command, { fields, otherNames = [] }) => {
    const start = page.indexOf(`### ${command}\n`);
    const section = page.slice(start, page.indexOf('\n### ', start + 1));
    expect(section.match(/^\| `.*$/gm)).toEqual([...fields, ...otherNames].map(line));
  });
});
