/** The results by row, then by column: a few words each. */
export type Observed = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Returns a Markdown table. `corner` is the heading of the first column. */
export function markdownTable(corner: string, columns: readonly string[], observed: Observed): string {
  const rows = [...observed].map(([name, cells]) => [
    name,
    ...columns.map((column) => cells.get(column) ?? '?'),
  ]);
  return [[corner, ...columns], [corner, ...columns].map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Returns the part of a document between the lines `<!-- NAME -->` and `<!-- end -->`. */
export function partOf(document: string, name: string): string {
  return bounds(document, name)[1];
}

/** Returns the document with a new text for this part. */
export function withPart(document: string, name: string, part: string): string {
  const [before, , after] = bounds(document, name);
  return `${before}${part}${after}`;
}

function bounds(document: string, name: string): [string, string, string] {
  const opening = `<!-- ${name} -->\n`;
  const start = document.indexOf(opening) + opening.length;
  const end = document.indexOf('\n<!-- end -->', start);
  if (start < opening.length || end < 0) throw new Error(`the document has no part ${name}`);
  return [document.slice(0, start), document.slice(start, end), document.slice(end)];
}
