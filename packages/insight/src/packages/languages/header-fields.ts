/** The limit of fields, above the largest number of dependencies. */
const MAX_FIELDS = 20_000;

/**
 * Returns the fields before the first empty line of a text in the form of RFC 822, by names in lower case, with the
 * values in their order. Continuation lines, which start with a space or a tab, keep their line ends. Lines of another
 * form are left out.
 */
export function parseHeaderFields(text: string): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  let values: string[] | null = null;
  let count = 0;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') {
      if (line === '' && count > 0) break;
      continue;
    }
    if (/^[ \t]/.test(line)) {
      if (values !== null) values.push(`${values.pop() ?? ''}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    values = null;
    if (colon <= 0 || ++count > MAX_FIELDS) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    values = fields.get(name) ?? [];
    values.push(line.slice(colon + 1).trim());
    fields.set(name, values);
  }
  return fields;
}
