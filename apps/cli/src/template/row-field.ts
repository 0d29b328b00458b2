/**
 * How a value of a document becomes the value of a field. Sizes, digests and times are text, as docker's rows have them; the
 * fields of JSON have the exact values.
 */
export type FieldForm =
  /** Text; nothing where it is null. */
  | 'text'
  /** Text; `<none>` where it is null. */
  | 'text-or-none'
  /** A path, with the bytes that it has in the image. */
  | 'path'
  /** The paths of a list of objects, with commas between them. */
  | 'paths'
  /** An integer; empty text where it is null. */
  | 'number'
  | 'boolean'
  /** A list of words, as text with commas between them. */
  | 'words'
  /** A list, for `range`. */
  | 'list'
  /** A map of labels. */
  | 'map'
  | 'size'
  /** A digest, shortened to twelve digits without `--no-trunc`. */
  | 'digest'
  /** The same; `<missing>` where it is null. */
  | 'digest-or-missing'
  /** A time as Go prints it; `N/A` where it is null. */
  | 'go-time'
  /** How long ago a time is; `N/A` where it is null. */
  | 'age'
  /** Seconds since 1970, as a date. */
  | 'date'
  /** Type and permissions of an object with `type` and `mode`, as `ls -l` prints them. */
  | 'mode'
  | 'platform'
  /** The instruction of a step, shortened as docker does without `--no-trunc`. */
  | 'step'
  /** What docker cannot know without an engine. */
  | 'not-applicable';

/**
 * A field of a row.
 *
 * `from` is where the value is in the row's object: names with dots between them. `*` goes into each item of a list, `last`
 * into its last one; `a|b` is `b` where `a` is null.
 */
export interface RowField {
  readonly name: string;
  readonly from: string;
  readonly form: FieldForm;
  /** The title in a table, where it is not the name. */
  readonly title?: string;
}

/** The rows of a command for `--format`. */
export interface RowTable {
  /** What messages call a row. */
  readonly type: string;
  readonly fields: readonly RowField[];
  /** The names that podman and skopeo give to fields. Neither `json` nor hints list them. */
  readonly otherNames?: readonly RowField[];
  /** The names of the row's object in `--jsonl`, which a template can use, too. `any`: those that each object has. */
  readonly names: readonly string[] | 'any';
}

/** Returns a function that reads what `from` names from the object of a row; null where there is nothing. */
export function readerOf(from: string): (row: unknown) => unknown {
  const paths = from === '' ? [[]] : from.split('|').map((path) => path.split('.'));
  return (row) => {
    for (const path of paths) {
      const value = at(row, path, 0);
      if (value !== undefined && value !== null) return value;
    }
    return null;
  };
}

function at(value: unknown, path: readonly string[], position: number): unknown {
  const name = path[position];
  if (name === undefined) return value;
  if (name === '*') return Array.isArray(value) ? value.map((item) => at(item, path, position + 1)) : null;
  if (name === 'last') return Array.isArray(value) ? at(value.at(-1), path, position + 1) : null;
  return at(memberOf(value, name), path, position + 1);
}

/** Returns a member of an object; undefined where it has none. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}
