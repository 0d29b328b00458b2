/**
 * What has a meaning in Markdown or HTML: a mark of a list or a rule at the start, the name of an emoji, the start of an
 * address, and all other characters but letters, digits and some marks.
 */
const SPECIAL = /^-|(?<=^\d+)[.)]|(?<=www)\.|:(?=\/\/|[\w+-]+:)|[^\p{L}\p{N} /,;()%+=.:…-]/giu;
/** Makes a mention or a reference of an issue, also where it is written as an entity. */
const REFERENCES = /[@#]/;
/** GitHub makes links of `GH-1`, and of what can be the hash of a commit, which has at least seven digits. */
const LINKED = /(?<=\bgh)-(?=\d)|(?<=[0-9a-f]{6})(?=[0-9a-f])/gi;
const WORD_JOINER = '&#8288;';

/**
 * Returns text that Markdown and HTML show as it is, also in a table. GitHub finds mentions, issues, commits and addresses
 * in the shown text, so that a character without width parts them.
 */
export function markdownText(text: string): string {
  return text.replace(LINKED, '$&\u2060').replace(SPECIAL, (character) => {
    const entity = `&#${character.codePointAt(0)};`;
    return REFERENCES.test(character) ? `${entity}${WORD_JOINER}` : entity;
  });
}

/** Returns text as code. GitHub finds no mentions in code; a comment parts what looks like an address. */
export function markdownCode(text: string): string {
  const encoded = text.replace(SPECIAL, (character) => {
    const entity = `&#${character.codePointAt(0)};`;
    return character === '@' ? `<!---->${entity}` : entity;
  });
  return `<code>${encoded}</code>`;
}

/** Returns a table row of cells that are Markdown already. */
export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** Returns the two lines before the rows of a table. `right` aligns numbers. */
export function markdownHead(
  columns: readonly { readonly title: string; readonly right?: boolean }[],
): string {
  return (
    markdownRow(columns.map(({ title }) => title)) +
    markdownRow(columns.map(({ right }) => (right === true ? '--:' : '---')))
  );
}

/** Collects Markdown up to a number of bytes. What has no room is counted, not cut in the middle. */
export class BoundedMarkdown {
  readonly #limit: number;
  #text = '';
  #bytes = 0;
  #left = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds text that is needed: its room is not counted. */
  add(text: string): void {
    this.#text += text;
    this.#bytes += Buffer.byteLength(text);
  }

  /** Adds a block of rows with what stands before and after them, as far as there is room. */
  addRows(before: string, rows: Iterable<string>, after: string): void {
    const around = Buffer.byteLength(before) + Buffer.byteLength(after);
    let isOpen = false;
    for (const row of rows) {
      const bytes = Buffer.byteLength(row) + (isOpen ? Buffer.byteLength(after) : around);
      if (this.#bytes + bytes > this.#limit) {
        this.#left++;
        continue;
      }
      if (!isOpen) this.add(before);
      isOpen = true;
      this.add(row);
    }
    if (isOpen) this.add(after);
  }

  /** Returns the text, with a note where rows were left out. */
  finish(): string {
    if (this.#left === 0) return this.#text;
    return `${this.#text}\n_${this.#left} rows are left out, since GitHub limits the length._\n`;
  }
}
